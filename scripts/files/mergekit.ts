import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { readParsed } from './read.ts';

/** Methods of mergekit that merges here prove: sums of the parents with one factor for each layer, and TIES and DARE. */
export const MERGEKIT_METHODS = ['linear', 'task_arithmetic', 'slerp', 'ties', 'dare_linear', 'dare_ties'] as const;
export type MergekitMethod = (typeof MERGEKIT_METHODS)[number];

/** A setting as the file has it; `key` says where. */
export interface Setting {
  key: string;
  value: unknown;
}

export type Settings = Record<string, Setting>;

export interface MergekitSource {
  /** Weights file, or a folder with model.safetensors, as seen from the recipe's folder. */
  file: string;
  settings: Settings;
}

/** Layers that are merged alike. */
export interface MergekitSlice {
  key: string;
  /** First layer and the one after the last, from 0; undefined: all. */
  range: [number, number] | undefined;
  sources: MergekitSource[];
  settings: Settings;
}

/** What a recipe says, in mergekit's own terms (its `MergeConfiguration`). */
export interface MergekitRecipe {
  method: MergekitMethod;
  /** Weights file of base_model. */
  base: string | undefined;
  slices: MergekitSlice[];
  settings: Settings;
  /** What is not followed, with the reason. */
  notes: string[];
}

/** Larger files are no recipes: YAML can name one thing many times. */
const MOST_BYTES = 1 << 17;

/** Settings that each method has; those of `without` change nothing with it. */
const PARAMETERS: Record<MergekitMethod, { has: string[]; without: string[] }> = {
  linear: { has: ['weight', 'normalize'], without: [] },
  task_arithmetic: { has: ['weight', 'normalize', 'lambda'], without: ['int8_mask', 'rescale'] },
  slerp: { has: ['t'], without: [] },
  ties: { has: ['weight', 'density', 'normalize', 'lambda', 'rescale'], without: ['int8_mask'] },
  dare_linear: { has: ['weight', 'density', 'normalize', 'lambda', 'rescale'], without: ['int8_mask'] },
  dare_ties: { has: ['weight', 'density', 'normalize', 'lambda', 'rescale'], without: ['int8_mask'] },
};

/** Why some keys of mergekit are not followed. */
const REASONS: Record<string, string> = {
  density: 'only ties, dare_linear and dare_ties leave single weights out',
  rescale_norm: 'what a mask keeps is divided by its density, as in the paper of DARE',
  gamma: 'breadcrumbs is not here',
  epsilon: 'della is not here',
  tokenizer_source: 'models here have no tokenizer',
  tokenizer: 'models here have no tokenizer',
  chat_template: 'models here have no chat template',
  modules: 'models here have one module',
  residual_weight: 'models here have no residual stream',
};

/**
 * Reads a recipe of mergekit.
 * @throws InputError naming the key that cannot be followed, or where the file cannot be read; FileFormatError for what is no recipe
 */
export function readMergekit(path: string): MergekitRecipe {
  const document = readParsed(path, (bytes) => {
    if (bytes.length > MOST_BYTES) throw new FileFormatError(`It has ${bytes.length} bytes; recipes take less.`);
    const lineCounter = new LineCounter();
    const parsed = parseDocument(new TextDecoder().decode(bytes), { lineCounter, prettyErrors: false });
    const [error] = parsed.errors;
    if (error !== undefined) {
      throw new FileFormatError(`Line ${lineCounter.linePos(error.pos[0]).line}: ${error.message}`);
    }
    const content = plainValue(parsed);
    if (!isMap(content) || content.merge_method === undefined) {
      throw new FileFormatError('It is no recipe of mergekit: it has no merge_method.');
    }
    return content;
  });
  return recipeOf(document, new Where(path));
}

/** @throws FileFormatError for what names one thing too many times */
function plainValue(parsed: ReturnType<typeof parseDocument>): unknown {
  try {
    return parsed.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new FileFormatError(`It cannot be read: ${(cause as Error).message}.`, { cause });
  }
}

/** A value of a recipe in an error's text. */
function valueText(value: unknown): string {
  return isMap(value) ? 'a map' : Array.isArray(value) ? 'a list' : `${value}`;
}

/** Where a recipe lies, for its paths and its errors. */
class Where {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  refuse(key: string, why: string, hint?: string): InputError {
    return new InputError(`${this.#path}: ${key}: ${why}.`, hint === undefined ? {} : { hint });
  }

  /** @throws InputError for a key that is not among `known` */
  only(map: Record<string, unknown>, known: readonly string[], key: string): void {
    const other = Object.keys(map).find((name) => !known.includes(name));
    if (other === undefined) return;
    throw this.refuse(`${key}${other}`, REASONS[other] ?? 'this key is not known here');
  }

  file(value: unknown, key: string): string {
    if (typeof value !== 'string' || value === '') {
      throw this.refuse(key, 'it must be the path of a weights file', 'Models are named by the paths of their files.');
    }
    const file = resolve(dirname(this.#path), value);
    const isFolder = existsSync(file) && statSync(file).isDirectory();
    const found = isFolder ? join(file, 'model.safetensors') : file;
    // What is no file may have no end.
    if (statSync(found, { throwIfNoEntry: false })?.isFile() === true) return found;
    throw this.refuse(key, `there is no file ${found}`, 'Models are named by the paths of their safetensors files.');
  }
}

function recipeOf(document: Record<string, unknown>, where: Where): MergekitRecipe {
  const method = methodOf(document.merge_method, where);
  where.only(document, ['merge_method', 'models', 'slices', 'base_model', 'parameters', 'dtype', 'out_dtype'], '');
  const base = document.base_model === undefined ? undefined : where.file(document.base_model, 'base_model');
  if (base === undefined && method !== 'linear') throw where.refuse('base_model', `${method} needs it`);
  const settings = settingsOf(document.parameters, 'parameters', method, where);
  if ((document.models === undefined) === (document.slices === undefined)) {
    throw where.refuse('models', 'a recipe has either models or slices');
  }
  const slices =
    document.models === undefined
      ? listOf(document.slices, 'slices', where).map((slice, k) => sliceOf(slice, `slices[${k}]`, method, where))
      : [
          {
            key: 'models',
            range: undefined,
            settings: {},
            sources: sourcesOf(document.models, 'models', method, where),
          },
        ];
  const isNamed = slices.some(({ sources }) => sources.some(({ file }) => file === base));
  if (method === 'linear' && base !== undefined && !isNamed) {
    throw where.refuse('base_model', 'linear has no base; name it among the models');
  }
  const notes = ['dtype', 'out_dtype']
    .filter((key) => document[key] !== undefined)
    .map((key) => `${key}: ${valueText(document[key])} is not followed: weights here are integers.`);
  return { method, base, slices, settings, notes };
}

function methodOf(value: unknown, where: Where): MergekitMethod {
  const method = MERGEKIT_METHODS.find((one) => one === value);
  if (method !== undefined) return method;
  throw where.refuse(
    'merge_method',
    `${valueText(value)} is not here: merges that are proved are sums of their parents, with one factor for each in a layer, TIES and DARE`,
    `Methods here are ${MERGEKIT_METHODS.join(', ')}.${value === 'passthrough' ? ' --stack takes whole layers from the parents.' : ''}`,
  );
}

function sliceOf(value: unknown, key: string, method: MergekitMethod, where: Where): MergekitSlice {
  if (!isMap(value)) throw where.refuse(key, 'it must be a map with sources');
  where.only(value, ['sources', 'parameters'], `${key}.`);
  const list = listOf(value.sources, `${key}.sources`, where);
  const ranges = list.map((source, k) => rangeOf(source, `${key}.sources[${k}].layer_range`, where));
  if (ranges.some(([from, to]) => from !== ranges[0][0] || to !== ranges[0][1])) {
    throw where.refuse(
      `${key}.sources`,
      'sources have one layer_range: a layer of a child is made of the same layer of each parent',
    );
  }
  const sources = sourcesOf(
    list.map((source) => {
      const { layer_range: _, ...rest } = source as Record<string, unknown>;
      return rest;
    }),
    `${key}.sources`,
    method,
    where,
  );
  return { key, range: ranges[0], sources, settings: settingsOf(value.parameters, `${key}.parameters`, method, where) };
}

function rangeOf(source: unknown, key: string, where: Where): [number, number] {
  const range = isMap(source) ? source.layer_range : undefined;
  if (Array.isArray(range) && range.length === 2 && range.every((layer) => Number.isInteger(layer) && layer >= 0)) {
    return [range[0], range[1]];
  }
  throw where.refuse(key, 'it must be two numbers of layers such as [0, 2]');
}

function sourcesOf(value: unknown, key: string, method: MergekitMethod, where: Where): MergekitSource[] {
  return listOf(value, key, where).map((source, k) => {
    const own = `${key}[${k}]`;
    if (!isMap(source)) throw where.refuse(own, 'it must be a map with model');
    where.only(source, ['model', 'parameters'], `${own}.`);
    return {
      file: where.file(source.model, `${own}.model`),
      settings: settingsOf(source.parameters, `${own}.parameters`, method, where),
    };
  });
}

function settingsOf(value: unknown, key: string, method: MergekitMethod, where: Where): Settings {
  if (value === undefined || value === null) return {};
  if (!isMap(value)) throw where.refuse(key, 'it must be a map');
  const { has, without } = PARAMETERS[method];
  // A density of 1 leaves nothing out.
  const entries = Object.entries(value).filter(
    ([name, one]) => has.includes(name) || !(name === 'density' && one === 1),
  );
  where.only(Object.fromEntries(entries), [...has, ...without], `${key}.`);
  return Object.fromEntries(
    entries.filter(([name]) => has.includes(name)).map(([name, one]) => [name, { key: `${key}.${name}`, value: one }]),
  );
}

function listOf(value: unknown, key: string, where: Where): unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw where.refuse(key, 'it must be a list');
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
