/** What `lazyTables()` loads: all that a script without tables never needs. */

export { countTableRows, tableToRef } from "./table/table-to-ref.ts";
