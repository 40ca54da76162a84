/** 1 shard, 2 shards: a number with its word. */
export function counted(number: number, word: string): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? word : `${word}s`}`;
}
