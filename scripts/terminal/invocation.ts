/** A command of Descent as the user can type it where he stands; words that a shell would split are quoted. */
export function commandLine(...words: readonly string[]): string {
  return [invocation(), ...words.map(quote)].join(' ');
}

/** The words before the verb: what the bootstrap found out. */
export function invocation(): string {
  return process.env.DESCENT_INVOKED_AS ?? 'descent';
}

/** A word as a shell takes it; `<placeholders>` stay as they are. */
export function quote(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) || /^<[^<>]+>$/.test(word)) return word;
  return process.platform === 'win32' ? `"${word.replaceAll('"', '""')}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}
