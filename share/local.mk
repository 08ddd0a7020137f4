# Data: themes, keymaps, the simulated board, udev rules; and what shells complete.
# Installed without the "share/": $(pkgdatadir)/themes and so on.

datakeymapsdir = $(pkgdatadir)/keymaps
dist_datakeymaps_DATA = \
	share/keymaps/example

datathemesdir = $(pkgdatadir)/themes
dist_datathemes_DATA = \
	share/themes/contrast \
	share/themes/default

dataudevdir = $(pkgdatadir)/udev
dist_dataudev_DATA = \
	share/udev/70-vise.rules

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = share/completions/bash/vise
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = share/completions/zsh/_vise
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = share/completions/fish/vise.fish
