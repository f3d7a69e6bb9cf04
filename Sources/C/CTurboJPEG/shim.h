// libjpeg-turbo's own interface.
#ifndef ASPEN_CTURBOJPEG_H
#define ASPEN_CTURBOJPEG_H

#include <turbojpeg.h>

#endif
