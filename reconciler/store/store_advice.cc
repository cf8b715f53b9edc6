#include "reconciler/store/store_advice.h"

#include <sqlite3.h>

namespace seatkeeper {

std::string_view AdviceFor(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "Nothing is changed while its disk is full: free some space, and it goes on.";
    case SQLITE_IOERR:
      return "Nothing is changed while its disk fails: look at the disk, its quota and the "
             "system's log.";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "The file, its -wal and -shm files and their folder must be writable for the user "
             "that seatkeeper runs as.";
    case SQLITE_CORRUPT:
      return "Nothing is changed while it is damaged: put back a backup of it, or move it away "
             "with its -wal and -shm files and begin with a new store, which holds removals until "
             "`seatkeeper resume`.";
    case SQLITE_NOTADB:
      return "Nothing is changed with it: give the path of the store, or move this file away to "
             "begin with a new one.";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "Another process is writing to it for long: see which one holds it.";
    default:
      return "";
  }
}

}  // namespace seatkeeper
