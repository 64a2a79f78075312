# CXL: tracepoints and sections.

CXL_TESTS = tests/unit/test_cxl tests/unit/test_cxl_media tests/unit/test_cxl_section

if HAVE_CMOCKA
check_PROGRAMS += $(CXL_TESTS)
TESTS += $(CXL_TESTS)
endif

tests_unit_test_cxl_SOURCES = tests/unit/test_cxl.c tests/unit/cxl_check.h tests/unit/cxl_way.h
tests_unit_test_cxl_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_cxl_LDADD = $(TESTS_LIBS)

tests_unit_test_cxl_section_SOURCES = tests/unit/test_cxl_section.c tests/unit/cxl_check.h
tests_unit_test_cxl_section_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_cxl_section_LDADD = $(TESTS_LIBS)

tests_unit_test_cxl_media_SOURCES = tests/unit/test_cxl_media.c tests/unit/cxl_check.h \
	tests/unit/cxl_way.h
tests_unit_test_cxl_media_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_cxl_media_LDADD = $(TESTS_LIBS)
