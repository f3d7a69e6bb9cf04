// libyaml's own interface.
#ifndef ASPEN_CLIBYAML_H
#define ASPEN_CLIBYAML_H

#include <yaml.h>

#endif
