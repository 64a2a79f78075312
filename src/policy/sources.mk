libpolicy_a_SOURCES = src/policy/policy.h src/policy/policy_private.h \
	src/policy/budget.c src/policy/deny.c src/policy/judge.c src/policy/page.c \
	src/policy/page_table.c src/policy/queue.c src/policy/report.c src/policy/service.c \
	src/policy/state.c
