/** What a script complained of, without the line that says that it waits: on a busy machine any script may have to, for a second. */
export function complaintsIn(errors: string): string {
  return errors.replaceAll(/^trackio: waiting up to .*\n/gm, "");
}
