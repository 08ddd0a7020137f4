check_PROGRAMS += tests/unit/test_svd_file
tests_unit_test_svd_file_SOURCES = tests/unit/test_svd_file.c
tests_unit_test_svd_file_LDADD = src/svd/libsvd.a src/base/libbase.a $(EXPAT_LIBS) $(CMOCKA_LIBS)
TESTS += tests/unit/test_svd_file
