/*
 * view_profile.h - the profile pane.
 *
 * Layer   ui. Draws from the replica; its own state (selection, sorting) is in struct ui.
 */
#ifndef UI_VIEW_PROFILE_H
#define UI_VIEW_PROFILE_H
#include "ui/pane.h"

extern const struct pane_ops view_profile_ops;

#endif
