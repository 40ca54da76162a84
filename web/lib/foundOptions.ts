import type { Found } from './chain/pageTypes.ts';
import { networkLabel, plural, short } from './format.ts';
import { safeText } from './hostile.ts';
import { benchmarkName, plainName } from './names.ts';

/** One line of what a search found. */
export interface FoundOption {
  href: string;
  kind: 'Model' | 'Trainer' | 'Dataset' | 'Benchmark' | 'Shard';
  name: string;
  detail: string;
}

/** What a search found as one list: models first. */
export function optionsOf({ models, trainers, datasets, benchmarks, shards }: Found): FoundOption[] {
  return [
    ...models.newest.map(
      (model): FoundOption => ({
        href: `/model/${model.id}`,
        kind: 'Model',
        name: plainName(model),
        detail: `${short(model.id, 8, 4)} · ${networkLabel(model)}`,
      }),
    ),
    ...trainers.newest.map(
      ({ trainer, name, models: made }): FoundOption => ({
        href: `/trainer/${trainer}`,
        kind: 'Trainer',
        name: name ? safeText(name) : short(trainer),
        detail: `${short(trainer)} · ${plural(made, 'model')}`,
      }),
    ),
    ...datasets.newest.map(
      (dataset): FoundOption => ({
        href: `/dataset/${dataset.id}`,
        kind: 'Dataset',
        name: benchmarkName(dataset),
        detail: plural(dataset.rows, 'row'),
      }),
    ),
    ...benchmarks.newest.map(
      (benchmark): FoundOption => ({
        href: `/benchmark/${benchmark.id}`,
        kind: 'Benchmark',
        name: benchmarkName(benchmark),
        detail: `${plural(benchmark.rows, 'row')}, ${plural(benchmark.results, 'result')}`,
      }),
    ),
    ...shards.newest.map(
      (shard): FoundOption => ({
        href: `/shard/${shard.id}`,
        kind: 'Shard',
        name: short(shard.id, 8, 4),
        detail: plural(shard.rows, 'row'),
      }),
    ),
  ];
}
