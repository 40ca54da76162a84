/** 1 shard, 2 shards: a number with its word. @param plural of a word that takes more than an s */
export function counted(number: number, word: string, plural = `${word}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? word : plural}`;
}
