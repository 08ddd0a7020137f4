check_PROGRAMS += tests/unit/test_grid_cells tests/unit/test_grid_draw tests/unit/test_grid_width
tests_unit_test_grid_cells_SOURCES = tests/unit/test_grid_cells.c
tests_unit_test_grid_cells_LDADD = src/grid/libgrid.a src/base/libbase.a $(CMOCKA_LIBS)
tests_unit_test_grid_draw_SOURCES = tests/unit/test_grid_draw.c
tests_unit_test_grid_draw_LDADD = src/grid/libgrid.a src/base/libbase.a $(CMOCKA_LIBS)
tests_unit_test_grid_width_SOURCES = tests/unit/test_grid_width.c
tests_unit_test_grid_width_LDADD = src/grid/libgrid.a src/base/libbase.a $(CMOCKA_LIBS)
TESTS += tests/unit/test_grid_cells tests/unit/test_grid_draw tests/unit/test_grid_width
