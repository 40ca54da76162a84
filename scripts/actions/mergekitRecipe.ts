import { InputError } from '../../src/errors/InputError.ts';
import { MERGE_LIMIT, MERGE_ONE } from '../../src/model/merge.ts';
import { type Coefficients, exactCoefficients, roundToOne } from '../../src/model/merge-recipes.ts';
import { SPARSE_USUAL, type SparseName } from '../../src/model/sparse/choice.ts';
import type { MergekitRecipe, MergekitSlice, Setting } from '../files/mergekit.ts';
import type { MergeInputs, SparseNumbers } from '../runs/programs/merge.ts';

/** The parents that a recipe names, its base first, each once. */
export function mergekitParents({ base, slices }: MergekitRecipe): string[] {
  const named = slices.flatMap(({ sources }) => sources.map(({ file }) => file));
  return [...new Set([...(base === undefined ? [] : [base]), ...named])];
}

/**
 * What a recipe comes to: coefficients of linear and task_arithmetic, t of slerp. Settings are found as mergekit finds them:
 * of the source, of its slice, of the recipe; a list of numbers goes evenly from the first layer of a slice to its last.
 * @param path of the recipe, for errors; @param layers of the parents
 * @throws InputError naming the key that cannot be followed
 */
export function mergekitNumbers(
  path: string,
  recipe: MergekitRecipe,
  layers: number,
): Pick<MergeInputs, 'recipe' | 'numbers'> {
  const reader = new Reader(path, recipe, layers);
  if (recipe.method !== 'slerp') {
    const parents = mergekitParents(recipe);
    const rows = reader.layers((slice, l) =>
      recipe.method === 'linear' ? reader.linear(slice, l, parents) : reader.task(slice, l, parents),
    );
    return { recipe: 'coefficients', numbers: exactCoefficients(layers, parents.length, rows).flat() };
  }
  const ts = reader.layers((slice, l) => reader.slerp(slice, l));
  return { recipe: 'slerp', numbers: ts.every((t) => t === ts[0]) ? [ts[0]] : ts };
}

/** The same of TIES and DARE. @throws InputError naming the key that cannot be followed */
export function mergekitSparse(
  path: string,
  recipe: MergekitRecipe,
  method: SparseName,
  layers: number,
): SparseNumbers {
  return new Reader(path, recipe, layers).sparse(method);
}

/** The tensors of a layer, as its file calls them. */
function tensorsOf(layer: number): string[] {
  return [`layer${layer + 1}.weight`, `layer${layer + 1}.bias`];
}

class Reader {
  readonly #path: string;
  readonly #recipe: MergekitRecipe;
  readonly #layers: number;
  readonly #slices: { slice: MergekitSlice; from: number; to: number }[];

  constructor(path: string, recipe: MergekitRecipe, layers: number) {
    this.#path = path;
    this.#recipe = recipe;
    this.#layers = layers;
    let next = 0;
    this.#slices = recipe.slices.map((slice) => {
      const [from, to] = slice.range ?? [0, layers];
      if (from !== next || to <= from || to > layers) {
        throw this.#refuse(
          slice.key,
          `layers ${from} to ${to} do not follow: the slices of a child of ${layers} layers are all of them in their order`,
        );
      }
      next = to;
      return { slice, from, to };
    });
    if (next !== layers) throw this.#refuse('slices', `they hold ${next} of ${layers} layers`);
  }

  layers<T>(work: (at: { slice: MergekitSlice; from: number; to: number }, layer: number) => T): T[] {
    return this.#slices.flatMap((at) => Array.from({ length: at.to - at.from }, (_, k) => work(at, at.from + k)));
  }

  linear(at: Place, layer: number, parents: readonly string[]): Coefficients[number] {
    const weights = this.#weights(at, layer, parents, undefined);
    if (!this.#isNormal(at, layer, true)) return weights.map(({ key, value }) => this.#coefficient(key, value));
    const sum = weights.reduce((total, { value }) => total + value, 0);
    const key = `${at.slice.key}: weight`;
    if (sum === 0)
      throw this.#refuse(key, `the weights of layer ${layer + 1} sum to 0, so that they cannot be normalized`);
    return roundToOne(weights.map(({ value }) => this.#inRange(key, value / sum)));
  }

  task(at: Place, layer: number, parents: readonly string[]): Coefficients[number] {
    const weights = this.#weights(at, layer, parents, this.#recipe.base);
    const sum = weights.reduce((total, { value }) => total + value, 0);
    // As mergekit has it: what sums to 0 is not divided.
    const divisor = this.#isNormal(at, layer, false) && Math.abs(sum) >= 1e-8 ? sum : 1;
    const lambda = this.#number(at, layer, 'lambda', undefined)?.value ?? 1;
    const tasks = weights.map(({ key, value }) => this.#coefficient(key, (lambda * value) / divisor));
    const base = MERGE_ONE - tasks.reduce((total, a) => total + a, 0);
    this.#inRange('base_model: the factor that is left for it', base / MERGE_ONE);
    return tasks.map((a, i) => (parents[i] === this.#recipe.base ? base : a));
  }

  /** Weights, densities and lambda of TIES and DARE. */
  sparse(method: SparseName): SparseNumbers {
    const parents = mergekitParents(this.#recipe);
    const tasks = parents.slice(1);
    const usual = SPARSE_USUAL[method];
    const rows = this.layers((at, layer) => {
      const weights = this.#weights(at, layer, parents, this.#recipe.base).slice(1);
      const densities = tasks.map((file) => {
        const own = at.slice.sources.find((one) => one.file === file)?.settings.density;
        const density = this.#number(at, layer, 'density', own) ?? { key: 'density', value: 1 };
        if (density.value > 0 && density.value <= 1) return density.value;
        throw this.#refuse(density.key, `a density is in 0..1 and not 0, not ${density.value}`);
      });
      const lambda = this.#number(at, layer, 'lambda', undefined)?.value ?? 1;
      const normalize = this.#isNormal(at, layer, usual.normalize);
      const rescale = this.#isSet('rescale', at, layer, usual.rescale);
      return { weights: weights.map(({ value }) => value), densities, lambda, normalize, rescale };
    });
    const [{ normalize, rescale }] = rows;
    for (const name of ['normalize', 'rescale'] as const) {
      if (rows.some((row) => row[name] !== rows[0][name])) {
        throw this.#refuse(`parameters.${name}`, 'it must be the same for all layers');
      }
    }
    if (method === 'ties' && rescale) {
      throw this.#refuse('parameters.rescale', 'ties does not divide what is kept by a density');
    }
    const byTask = (values: (row: (typeof rows)[number]) => readonly number[]) =>
      tasks.flatMap((_, i) => rows.map((row) => values(row)[i]));
    return {
      recipe: method,
      numbers: byTask(({ weights }) => weights),
      densities: byTask(({ densities }) => densities),
      lambdas: rows.map(({ lambda }) => lambda),
      normalize: normalize ? 'yes' : 'no',
      rescale: rescale ? 'yes' : 'no',
    };
  }

  slerp(at: Place, layer: number): number {
    const { key, sources } = at.slice;
    const files = new Set([this.#recipe.base, ...sources.map(({ file }) => file)]);
    const named = mergekitParents(this.#recipe).length;
    if (files.size !== 2 || named !== 2)
      throw this.#refuse(key, `slerp is between base_model and one other, not ${named} models`);
    const t = this.#number(at, layer, 't', undefined);
    if (t === undefined) throw this.#refuse('parameters.t', 'slerp needs it');
    if (t.value < 0 || t.value > 1) throw this.#refuse(t.key, `it must be in 0..1, not ${t.value}`);
    return t.value;
  }

  /** Of all parents, 0 of those that the slice does not name and of the base. */
  #weights(at: Place, layer: number, parents: readonly string[], base: string | undefined) {
    return parents.map((file) => {
      const source = at.slice.sources.find((one) => one.file === file);
      if (source === undefined || file === base) return { key: at.slice.key, value: 0 };
      const weight = this.#number(at, layer, 'weight', source.settings.weight);
      if (weight === undefined) throw this.#refuse(`${at.slice.key}: weight`, `${file} has none`);
      return weight;
    });
  }

  #isNormal(at: Place, layer: number, usual: boolean): boolean {
    return this.#isSet('normalize', at, layer, usual);
  }

  #isSet(name: 'normalize' | 'rescale', at: Place, layer: number, usual: boolean): boolean {
    const setting = at.slice.settings[name] ?? this.#recipe.settings[name];
    if (setting === undefined) return usual;
    if (typeof setting.value === 'boolean') return setting.value;
    return this.#number(at, layer, name, undefined)?.value !== 0;
  }

  /** A setting at a layer; undefined where nobody says it. */
  #number(
    at: Place,
    layer: number,
    name: string,
    own: Setting | undefined,
  ): { key: string; value: number } | undefined {
    for (const setting of [own, at.slice.settings[name], this.#recipe.settings[name]]) {
      if (setting === undefined) continue;
      const [weight, bias] = tensorsOf(layer).map((tensor) => this.#evaluate(setting, tensor, at, layer));
      if (weight !== bias) {
        throw this.#refuse(
          setting.key,
          `it is ${weight} for the weights of layer ${layer + 1} and ${bias} for its biases, which have one factor`,
        );
      }
      if (weight !== undefined) return { key: setting.key, value: weight };
    }
    return undefined;
  }

  /** mergekit's `evaluate_setting`: a number, numbers over the layers, or the first entry whose filter is part of the name. */
  #evaluate({ key, value }: Setting, tensor: string, at: Place, layer: number): number | undefined {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    const values = Array.isArray(value) ? value : [value];
    if (values.length > 0 && values.every((one) => typeof one === 'number' && Number.isFinite(one))) {
      const { from, to } = at;
      const x = to - from > 1 ? (layer - from) / (to - from - 1) : 1;
      const scaled = x * (values.length - 1);
      const first = Math.floor(scaled);
      const second = Math.min(values.length - 1, first + 1);
      return (1 - (scaled - first)) * values[first] + (scaled - first) * values[second];
    }
    for (const [k, entry] of values.entries()) {
      const own = Array.isArray(value) ? `${key}[${k}]` : key;
      const isEntry = typeof entry === 'object' && entry !== null && !Array.isArray(entry) && 'value' in entry;
      if (!isEntry) throw this.#refuse(own, 'it must be a number, a list of numbers, or entries of filter and value');
      const other = Object.keys(entry).find((name) => !['filter', 'value'].includes(name));
      if (other !== undefined) throw this.#refuse(`${own}.${other}`, 'this key is not known here');
      const { filter } = entry;
      this.#requireTensor(filter, `${own}.filter`);
      if (filter !== undefined && filter !== null && filter !== '*' && !tensor.includes(filter)) continue;
      return this.#evaluate({ key: `${own}.value`, value: entry.value }, tensor, at, layer);
    }
    return undefined;
  }

  /** A filter on names that no tensor has would change nothing, silently. */
  #requireTensor(filter: unknown, key: string): void {
    if (filter === undefined || filter === null || filter === '*') return;
    const names = Array.from({ length: this.#layers }, (_, l) => tensorsOf(l)).flat();
    if (typeof filter === 'string' && names.some((name) => name.includes(filter))) return;
    throw this.#refuse(key, `no tensor is called ${JSON.stringify(filter)}`, `Tensors here are ${names.join(', ')}.`);
  }

  #coefficient(key: string, factor: number): number {
    return Math.round(this.#inRange(key, factor) * MERGE_ONE) + 0;
  }

  #inRange(key: string, factor: number): number {
    if (Math.abs(Math.round(factor * MERGE_ONE)) < MERGE_LIMIT) return factor;
    throw this.#refuse(key, `factors of a merge lie in (-8, 8), not ${factor}`);
  }

  #refuse(key: string, why: string, hint?: string): InputError {
    return new InputError(`${this.#path}: ${key}: ${why}.`, hint === undefined ? {} : { hint });
  }
}

/** A slice and its layers: from the first to before the last. */
interface Place {
  slice: MergekitSlice;
  from: number;
  to: number;
}
