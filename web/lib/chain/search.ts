// What a text may mean. Every model is looked at, so all that does not change is put into words once.
import type { Address } from 'viem';
import { givenName } from '../names.ts';
import { proquint } from '../proquint.ts';
import { matchesShape } from '../shapeSearch.ts';
import type { Newest } from './factTypes.ts';
import type { Found, TrainerHit } from './pageTypes.ts';
import type { Store } from './store.ts';
import { named } from './trainerCredit.ts';
import type { ChainConfig, Model } from './types.ts';

/** Names of addresses, by lower-case address. */
export type Names = ReadonlyMap<string, string>;

const words = new WeakMap<Model, string>();

/**
 * Names, words, trainers and uris that have all parts of a text somewhere, ids and addresses that begin with it, and shapes
 * with such layers. The newest first.
 * @param names ENS names that are known
 */
export function searchStore(
  store: Store,
  { people }: Pick<ChainConfig, 'people'>,
  names: Names,
  text: string,
  most: number,
): Found {
  const parts = text
    .trim()
    .toLowerCase()
    .replace(/\s*[–]\s*/g, '-')
    .split(/\s+/)
    .filter(Boolean);
  const nameOf = (address: Address) =>
    [people[address.toLowerCase()], names.get(address.toLowerCase())].filter(Boolean);
  const trainers = new Map(store.trainers.map((trainer) => [trainer, nameOf(trainer).join(' ').toLowerCase()]));
  const isOf = (address: Address, part: string) =>
    begins(address.toLowerCase(), part) ||
    (trainers.get(address) ?? nameOf(address).join(' ').toLowerCase()).includes(part);
  const all = (test: (part: string) => boolean) => parts.length > 0 && parts.every(test);
  const models = store.all((model) =>
    all(
      (part) =>
        begins(model.id, part) ||
        wordsOf(model).includes(part) ||
        isOf(model.trainer, part) ||
        matchesShape(model, part),
    ),
  );
  const found = [...trainers.keys()].filter((trainer) => all((part) => isOf(trainer, part)));
  return {
    models: cut(models, most, (model) => ({ ...named(model), trainer: model.trainer })),
    trainers: cut(found, most, (trainer): TrainerHit => {
      const [name] = nameOf(trainer);
      return { trainer, models: store.modelsOf(trainer).length, ...(name && { name }) };
    }),
    datasets: cut(
      store.datasets.filter(({ id, uri, registrar }) =>
        all((part) => begins(id, part) || uri.toLowerCase().includes(part) || isOf(registrar, part)),
      ),
      most,
    ),
    benchmarks: cut(
      store.benchmarks(({ id, uri, by }) =>
        all((part) => begins(id, part) || uri.toLowerCase().includes(part) || (by !== undefined && isOf(by, part))),
      ),
      most,
    ),
    shards: cut(
      store.shards.filter(({ id, owner }) => all((part) => begins(id, part) || isOf(owner, part))),
      most,
    ),
  };
}

/** The last of a list, which has the oldest first. */
function cut<T>(all: readonly T[], most: number): Newest<T>;
function cut<T, S>(all: readonly T[], most: number, shown: (one: T) => S): Newest<S>;
function cut<T, S>(all: readonly T[], most: number, shown?: (one: T) => S): Newest<T | S> {
  const newest = all.slice(-most).reverse();
  return { newest: shown ? newest.map(shown) : newest, total: all.length };
}

/** Of ids and addresses people know the beginning. */
function begins(hex: string, part: string): boolean {
  return hex.startsWith(part) || hex.startsWith(part, 2);
}

function wordsOf(model: Model): string {
  const known = words.get(model);
  if (known !== undefined) return known;
  const all = [proquint(model.id), givenName(model), model.kind, model.head].join(' ').toLowerCase();
  words.set(model, all);
  return all;
}
