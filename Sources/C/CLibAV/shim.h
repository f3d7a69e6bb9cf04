// The parts of libav* that ASPEN uses, and functions for macros that Swift cannot import.
#ifndef ASPEN_CLIBAV_H
#define ASPEN_CLIBAV_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libswscale/swscale.h>
#include <stdio.h>

static inline int aspen_averror_eof(void) { return AVERROR_EOF; }
static inline int aspen_averror_exit(void) { return AVERROR_EXIT; }
static inline int aspen_averror_invalid_data(void) { return AVERROR_INVALIDDATA; }
static inline int aspen_averror_demuxer_not_found(void) { return AVERROR_DEMUXER_NOT_FOUND; }
static inline int aspen_averror_decoder_not_found(void) { return AVERROR_DECODER_NOT_FOUND; }
static inline int aspen_averror_stream_not_found(void) { return AVERROR_STREAM_NOT_FOUND; }
static inline int aspen_averror_patch_welcome(void) { return AVERROR_PATCHWELCOME; }
static inline int aspen_averror_bad_request(void) { return AVERROR_HTTP_BAD_REQUEST; }
static inline int aspen_averror_unauthorized(void) { return AVERROR_HTTP_UNAUTHORIZED; }
static inline int aspen_averror_forbidden(void) { return AVERROR_HTTP_FORBIDDEN; }
static inline int aspen_averror_not_found(void) { return AVERROR_HTTP_NOT_FOUND; }
static inline int aspen_averror_other_4xx(void) { return AVERROR_HTTP_OTHER_4XX; }
static inline int aspen_averror_server_error(void) { return AVERROR_HTTP_SERVER_ERROR; }
static inline int64_t aspen_no_timestamp(void) { return AV_NOPTS_VALUE; }

// The last error line that libav logged on this thread. A camera has one thread of its own and
// its decoders have none, so the line belongs to that camera.
static inline char *aspen_log_last_line(void) {
  static _Thread_local char line[256];
  return line;
}

static inline void aspen_log_clear(void) { aspen_log_last_line()[0] = 0; }

static inline void aspen_log_keep(
    void *context, int level, const char *format, va_list arguments) {
  if (level <= AV_LOG_ERROR) vsnprintf(aspen_log_last_line(), 256, format, arguments);
}

// Silences libav, which writes to stderr, and keeps error lines for `aspen_log_last_line`.
static inline void aspen_log_install(void) { av_log_set_callback(aspen_log_keep); }

#endif
