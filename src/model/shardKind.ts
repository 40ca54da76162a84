/** One class a row; real numbers; any number of labels a row. */
export const SHARD_KINDS = ['classes', 'regression', 'labels'] as const;
export type ShardKind = (typeof SHARD_KINDS)[number];
