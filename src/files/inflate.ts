/** What is taken of pako, zlib in JavaScript: a module by itself, so that it is loaded where a gzip is read, and no more of it. */

export {
  Z_BUF_ERROR,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
} from "pako";
