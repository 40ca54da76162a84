import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Command, InvalidArgumentError, type Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { type ConfigEntry, readConfig } from '../files/config.ts';

/** Read where no other file and no table is named. */
export const CONFIG_FILE = 'descent.yml';

/** Settings that are paths: as seen from the folder of the file. */
const PATHS = ['table', 'answers', 'key-file', 'runs'];
/** Options that are about a call and not about what it makes. */
const NO_SETTINGS = ['config', 'json', 'quiet', 'dry-run', 'help'];

/**
 * Sets the options of a command by a file that names them without their dashes. What the command line says goes first, then the
 * environment, then the file.
 * @param path the file; undefined: CONFIG_FILE where there is one
 * @param argument name of a setting that the command takes as its argument
 * @returns that setting, if the file has it
 * @throws InputError, FileFormatError naming the file, the line and the setting
 */
export function applyConfig(command: Command, path: string | undefined, argument: string): string | undefined {
  const file = path ?? (existsSync(CONFIG_FILE) ? CONFIG_FILE : undefined);
  if (file === undefined) return undefined;
  const options = new Map(command.options.filter((option) => option.long).map((option) => [nameOf(option), option]));
  for (const name of NO_SETTINGS) options.delete(name);
  let found: string | undefined;
  const seen = new Set<string>();
  for (const entry of readConfig(file)) {
    const { name, line } = entry;
    const where = `${file}, line ${line}`;
    if (seen.has(name)) throw new InputError(`${where}: ${JSON.stringify(name)} is set twice.`);
    seen.add(name);
    const located = PATHS.includes(name) ? fromFolder(entry, dirname(resolve(file))) : entry;
    const option = options.get(name);
    if (name === argument) found = textOf(located, where);
    else if (option === undefined) throw unknown(name, where, [argument, ...options.keys()]);
    else setOption(command, option, located, where);
  }
  return found;
}

/** The name that a file has for an option. */
function nameOf(option: Option): string {
  return option.long!.replace(/^--(no-)?/, '');
}

function setOption(command: Command, option: Option, entry: ConfigEntry, where: string): void {
  const key = option.attributeName();
  if (['cli', 'env'].includes(command.getOptionValueSource(key) ?? '')) return;
  command.setOptionValueWithSource(key, settingOf(option, entry, where), 'config');
}

function settingOf(option: Option, entry: ConfigEntry, where: string): unknown {
  const { name, value } = entry;
  const isFlag = !option.required && !option.optional;
  // An option whose values can be left out is also a flag.
  if (option.optional && typeof value === 'boolean') return value || undefined;
  if (isFlag !== (typeof value === 'boolean')) {
    throw new InputError(`${where}: ${name} is ${isFlag ? 'true or false' : 'a value'}.`, {
      ...(!isFlag && { hint: `A text that reads true or false stands in quotes: ${name}: "true"` }),
    });
  }
  if (isFlag) return value;
  try {
    if (!option.variadic) return parse(option, textOf(entry, where), undefined);
    const texts = Array.isArray(value) ? value : [textOf(entry, where)];
    return texts.reduce((before: unknown, text) => parse(option, text, before), undefined);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InputError(`${where}: ${name} is ${JSON.stringify(value)}. ${error.message}`);
  }
}

function parse(option: Option, text: string, before: unknown): unknown {
  if (option.parseArg !== undefined) return option.parseArg(text, before as string);
  return option.variadic ? [...((before as string[] | undefined) ?? []), text] : text;
}

function textOf({ name, value }: ConfigEntry, where: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new InputError(`${where}: ${name} is one value.`, { hint: 'Give it after the colon, or leave the line out.' });
}

function fromFolder(entry: ConfigEntry, folder: string): ConfigEntry {
  const { value } = entry;
  return typeof value === 'string' && value !== '' ? { ...entry, value: resolve(folder, value) } : entry;
}

function unknown(name: string, where: string, known: readonly string[]): InputError {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  const alike = known.find((one) => plain(one) === plain(name));
  return new InputError(`${where}: there is no setting ${JSON.stringify(name)}.`, {
    hint: alike === undefined ? `The settings are ${[...known].sort().join(', ')}.` : `There is one called ${alike}.`,
  });
}
