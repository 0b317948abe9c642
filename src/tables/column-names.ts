/** The names, told apart where one comes twice: the first `a` of one table is the first `a` of another, the second the second. */
export function numberNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const number = seen.get(name) ?? 0;
    seen.set(name, number + 1);
    return `${number} ${name}`;
  });
}
