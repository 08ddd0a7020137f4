nobase_dist_pkgdata_DATA += \
	%D%/vise/base.lua %D%/vise/console.lua %D%/vise/launch.lua %D%/vise/main.lua \
	%D%/vise/register.lua %D%/vise/semver.lua %D%/vise/test.lua \
	%D%/meta/vise.lua
