import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { currentRun } from '../../src/registry/formerNames.ts';
import type { Program } from '../../src/registry/programs/list.ts';
import { removeTemporaryFiles, writeDurably } from '../files/durable.ts';
import { commandLine } from '../terminal/invocation.ts';
import { lockFolder } from './lock.ts';

/** Of one program's statements, or of many runs. */
export type RunKind = Program | 'foreign' | 'trainAll' | 'scoreAll' | 'fit' | 'evolve';
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

interface FileRecord {
  name: string;
  bytes: number;
  sha256: string;
}

export interface StageRecord {
  /** ISO time at which the stage was finished. */
  at: string;
  seconds: number;
  files: Record<string, FileRecord>;
  data: Json;
}

/** What `run.json` holds: nothing secret besides the files it names. */
export interface RunState {
  format: 'descent-run';
  version: 1;
  kind: RunKind;
  inputs: Json;
  stages: Record<string, StageRecord>;
}

/** Given to the work of a stage: puts a file into the run folder, durably, under a key of the stage. */
export type PutFile = (key: string, name: string, content: Uint8Array | string) => void;

/**
 * A run folder. A stage is recorded in `run.json` after all its files are safe on disk, so whatever is recorded is
 * there, and whatever is not is done again. `close` frees the folder for other processes.
 */
export class Run {
  readonly folder: string;
  #state: RunState;
  #unlock: () => void;

  private constructor(folder: string, state: RunState, unlock: () => void) {
    this.folder = folder;
    this.#state = state;
    this.#unlock = unlock;
  }

  /**
   * Starts a run or continues the one in `folder`.
   * @throws InputError when the folder holds a run of another kind or with other inputs, or is in use.
   */
  static start(folder: string, kind: RunKind, inputs: Json): Run {
    const path = resolve(folder);
    const unlock = lockFolder(path);
    try {
      const present = existsSync(join(path, 'run.json')) ? readState(path) : undefined;
      removeTemporaryFiles(path);
      if (present !== undefined && present.kind === kind && sameJson(present.inputs, inputs)) {
        return new Run(path, present, unlock);
      }
      // A run that has done nothing yet, perhaps because its inputs were bad, makes room.
      if (present !== undefined && Object.keys(present.stages).length > 0) {
        throw new InputError(`The run folder ${folder} holds another run: ${difference(present, kind, inputs)}.`, {
          hint: 'Give the same inputs to continue it, or choose another name with --run.',
        });
      }
      const state: RunState = { format: 'descent-run', version: 1, kind, inputs, stages: {} };
      writeDurably(join(path, 'run.json'), serialize(state));
      return new Run(path, state, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Continues the run in `folder`. @throws InputError when there is none, FileFormatError when it is damaged. */
  static open(folder: string): Run {
    const path = resolve(folder);
    if (!existsSync(join(path, 'run.json'))) {
      const missing = existsSync(dirname(path)) ? '' : `: the folder ${dirname(path)} does not exist`;
      throw new InputError(`There is no run in ${folder}${missing}.`, {
        hint: `${commandLine('runs')} lists the runs.`,
      });
    }
    const unlock = lockFolder(path);
    try {
      const state = readState(path);
      removeTemporaryFiles(path);
      return new Run(path, state, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  get name(): string {
    return basename(this.folder);
  }

  get kind(): RunKind {
    return this.#state.kind;
  }

  get inputs(): Json {
    return this.#state.inputs;
  }

  /** Whether the stage was recorded and every file it names is still there unchanged. */
  isDone(stage: string): boolean {
    const record = this.#state.stages[stage];
    return record !== undefined && Object.values(record.files).every((file) => isIntact(this.folder, file));
  }

  /** What a finished stage recorded. @throws InputError when the stage is not done. */
  data(stage: string): Json {
    if (!this.isDone(stage)) {
      throw new InputError(`The run ${this.name} has not reached the stage '${stage}'.`, {
        hint: 'Run the command before this one again.',
      });
    }
    return this.#state.stages[stage].data;
  }

  /** Full path of a file of a finished stage. */
  file(stage: string, key: string): string {
    this.data(stage);
    return join(this.folder, this.#state.stages[stage].files[key].name);
  }

  /** Does the work of a stage and records it, unless it is done; returns what the stage recorded. */
  async stage<T extends Json>(stage: string, work: (put: PutFile) => Promise<T>): Promise<T> {
    if (this.isDone(stage)) return this.#state.stages[stage].data as T;
    const begun = performance.now();
    const files: Record<string, FileRecord> = {};
    const data = await work((key, name, content) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      writeDurably(join(this.folder, name), bytes);
      files[key] = { name, bytes: bytes.length, sha256: sha256(bytes) };
    });
    const seconds = Math.round(performance.now() - begun) / 1000;
    this.#save({ ...this.#state.stages, [stage]: { at: new Date().toISOString(), seconds, files, data } });
    return data;
  }

  /** Forgets a stage, so that it is done again. */
  forget(stage: string): void {
    const { [stage]: _, ...rest } = this.#state.stages;
    this.#save(rest);
  }

  close(): void {
    this.#unlock();
  }

  #save(stages: Record<string, StageRecord>): void {
    const state = { ...this.#state, stages };
    writeDurably(join(this.folder, 'run.json'), serialize(state));
    this.#state = state;
  }
}

/** What `run.json` says, without taking the folder. @throws FileFormatError when it is damaged */
export function readState(folder: string): RunState {
  const path = join(folder, 'run.json');
  let state: RunState;
  try {
    state = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new FileFormatError(`${path} is not JSON.`, { cause });
  }
  if (state?.format !== 'descent-run' || state.version !== 1 || typeof state.stages !== 'object') {
    throw new FileFormatError(`${path} is not a run of this version of Descent.`);
  }
  return currentRun(state);
}

function isIntact(folder: string, file: FileRecord): boolean {
  const path = join(folder, file.name);
  return existsSync(path) && statSync(path).size === file.bytes && sha256(readFileSync(path)) === file.sha256;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function sameJson(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function serialize(state: RunState): string {
  return `${JSON.stringify(state, null, 2)}\n`;
}

/** The first thing in which the run on disk is not the run asked for. */
function difference(state: RunState, kind: RunKind, inputs: Json): string {
  if (state.kind !== kind) return `a ${state.kind} run, not a ${kind} run`;
  const [had, wanted] = [state.inputs, inputs] as Record<string, Json>[];
  const key = [...Object.keys(had), ...Object.keys(wanted)].find((name) => !sameJson(had[name], wanted[name])) ?? '';
  const name = key === 'lr' ? 'learning rate in units (--lr-units)' : key;
  return `its ${name} is ${JSON.stringify(had[key])}, not ${JSON.stringify(wanted[key])}`;
}
