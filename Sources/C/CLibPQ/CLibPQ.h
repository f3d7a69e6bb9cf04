// libpq, and its macros that Swift cannot import, as constants.
#ifndef ASPEN_CLIBPQ_H
#define ASPEN_CLIBPQ_H

#include <libpq-fe.h>

static const int ASPEN_PG_DIAG_SEVERITY = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int ASPEN_PG_DIAG_SQLSTATE = PG_DIAG_SQLSTATE;
static const int ASPEN_PG_DIAG_MESSAGE_PRIMARY = PG_DIAG_MESSAGE_PRIMARY;
static const int ASPEN_PG_DIAG_CONSTRAINT_NAME = PG_DIAG_CONSTRAINT_NAME;
static const int ASPEN_PG_DIAG_TABLE_NAME = PG_DIAG_TABLE_NAME;
static const int ASPEN_PG_DIAG_COLUMN_NAME = PG_DIAG_COLUMN_NAME;

#endif
