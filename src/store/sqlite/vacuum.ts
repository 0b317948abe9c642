import type { Database } from "./database.ts";

/** Free pages that a slice gives back to the file system. */
const VACUUM_PAGES = 2_000;
/** Fewer free pages than these are left for the next fold. */
const LEAST_FREE_PAGES = 16;

/** Gives free pages back; false where there are none worth it. */
export function vacuumSlice(db: Database): boolean {
  const free = freePages(db);
  if (free < LEAST_FREE_PAGES) return false;
  db.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
  const left = freePages(db);
  return left < free && left >= LEAST_FREE_PAGES;
}

function freePages(db: Database): number {
  return db.get("PRAGMA freelist_count")?.freelist_count as number;
}
