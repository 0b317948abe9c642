/** What `lazyTables()` loads: all that a script without tables never needs. */

export { countTableRows, tableToRef } from "./table-to-ref.ts";
