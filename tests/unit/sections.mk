# Error records, their sections, and what handlers make of them.

SECTIONS_TESTS = tests/unit/test_walk tests/unit/test_section_memory \
	tests/unit/test_section_pcie tests/unit/test_section_arm \
	tests/unit/test_section_others tests/unit/test_section_x86

if HAVE_CMOCKA
check_PROGRAMS += $(SECTIONS_TESTS)
TESTS += $(SECTIONS_TESTS)
endif

libtests_a_SOURCES += tests/unit/cper_fixture.c tests/unit/cper_fixture.h \
	tests/unit/section_fixture.c tests/unit/section_fixture.h

tests_unit_test_walk_SOURCES = tests/unit/test_walk.c
tests_unit_test_walk_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_walk_LDADD = $(TESTS_LIBS)

tests_unit_test_section_memory_SOURCES = tests/unit/test_section_memory.c
tests_unit_test_section_memory_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_section_memory_LDADD = $(TESTS_LIBS)

tests_unit_test_section_pcie_SOURCES = tests/unit/test_section_pcie.c
tests_unit_test_section_pcie_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_section_pcie_LDADD = $(TESTS_LIBS)

tests_unit_test_section_arm_SOURCES = tests/unit/test_section_arm.c
tests_unit_test_section_arm_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_section_arm_LDADD = $(TESTS_LIBS)

tests_unit_test_section_others_SOURCES = tests/unit/test_section_others.c
tests_unit_test_section_others_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_section_others_LDADD = $(TESTS_LIBS)

tests_unit_test_section_x86_SOURCES = tests/unit/test_section_x86.c
tests_unit_test_section_x86_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_section_x86_LDADD = $(TESTS_LIBS)
