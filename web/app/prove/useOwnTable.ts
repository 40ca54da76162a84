'use client';

import { useRef, useState } from 'react';
import { DescentError } from '../../../src/errors/DescentError.ts';
import type { Message } from '../../lib/chain/types.ts';
import type { AnswerKind, ArrayFile, OwnTable } from '../../lib/prover/messages.ts';

type TableKind = OwnTable['kind'];

/** Bytes that are read at most: of text, and of numbers as they are. */
const LARGEST: Record<TableKind, number> = { csv: 20 << 20, parquet: 1 << 27, npy: 1 << 27 };
/** Bytes in which the names of the columns are looked for. */
const LONGEST_HEAD = 1 << 16;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

interface Chosen {
  file: File;
  kind: TableKind;
  /** of columns, or of the arrays of an npz file */
  names: string[];
}

interface Answers {
  file: File;
  names: string[];
}

/** The visitor's own table: its file, what is predicted from it, and of arrays the file of the answers. */
export function useOwnTable(onChange: () => void) {
  const [table, setTable] = useState<Chosen>();
  const [answerFile, setAnswerFile] = useState<Answers>();
  /** the column to be predicted; of npz files the array of the features, and that of the answers */
  const [label, setLabel] = useState('');
  const [member, setMember] = useState('');
  const [answers, setAnswers] = useState<AnswerKind>('classes');
  const [problem, setProblem] = useState<Message>();
  const latest = useRef<File>(undefined);
  const changed = () => {
    setProblem(undefined);
    onChange();
  };
  const choose = async (file: File | undefined) => {
    latest.current = file;
    changed();
    setTable(undefined);
    setAnswerFile(undefined);
    setAnswers('classes');
    if (!file) return;
    const kind = kindOf(file);
    const found = await namesIn(file, kind);
    if (latest.current !== file) return;
    if ('title' in found) return setProblem(found);
    setTable({ file, kind, names: found });
    setLabel(kind === 'npy' ? '' : (found.at(-1) ?? ''));
    setMember(found[0] ?? '');
  };
  const chooseAnswers = async (file: File | undefined) => {
    changed();
    setAnswerFile(undefined);
    if (!file) return;
    const found = await namesIn(file, 'npy');
    if ('title' in found) return setProblem(found);
    setAnswerFile({ file, names: found });
    setLabel(found.at(-1) ?? '');
  };
  /** All of it; undefined where there is none, or another one was chosen meanwhile. */
  const read = async (): Promise<OwnTable | undefined> => {
    const found = await readChosen(table, answerFile, { label, member, answers });
    if (table && latest.current !== table.file) return undefined;
    if (!('title' in found)) return found;
    if (table) onChange();
    setProblem(found);
    return undefined;
  };
  const changing =
    <T>(set: (value: T) => void) =>
    (value: T) => {
      changed();
      set(value);
    };
  const predict = (column: string) => {
    changed();
    setLabel(column);
    setAnswers('classes');
  };
  return {
    table,
    answerFile,
    label,
    member,
    answers,
    problem,
    choose,
    chooseAnswers,
    read,
    predict,
    setLabel: changing(setLabel),
    setMember: changing(setMember),
    setAnswers: changing(setAnswers),
    forgetProblem: () => setProblem(undefined),
  };
}

/** The bytes of what was chosen, or why there are none. */
async function readChosen(
  table: Chosen | undefined,
  answerFile: Answers | undefined,
  { label, member, answers }: { label: string; member: string; answers: AnswerKind },
): Promise<OwnTable | Message> {
  if (!table) return { title: 'Choose a file with your table first.' };
  const { file, kind } = table;
  if (kind === 'npy' && !answerFile) {
    return { title: 'Choose the file of the answers too.', hint: 'One number or text for each row.' };
  }
  try {
    const bytes = await bytesOf(file);
    if (kind !== 'npy') return { kind, bytes, label, answers };
    const features = arrayOf(bytes, table.names, member);
    const labels = arrayOf(await bytesOf(answerFile!.file), answerFile!.names, label);
    return { kind, features, labels, answers };
  } catch {
    return { title: 'The file has changed or is gone.', hint: 'Choose it again.' };
  }
}

/** What a file is, as its name says: text unless it names another kind. */
function kindOf({ name }: File): TableKind {
  if (/\.parquet$/i.test(name)) return 'parquet';
  return /\.np[yz](\.gz)?$/i.test(name) ? 'npy' : 'csv';
}

/** Names of columns or arrays, or why they cannot be read. */
async function namesIn(file: File, kind: TableKind): Promise<string[] | Message> {
  if (file.size > LARGEST[kind]) {
    return { title: `The table is larger than ${LARGEST[kind] >> 20} MB.`, hint: 'Use the command line for it.' };
  }
  try {
    if (kind === 'csv') return await readHead(file);
    const bytes = await bytesOf(file);
    if (kind === 'parquet') return await (await import('../../lib/prover/readParquet.ts')).parquetNames(bytes);
    return (await import('../../../src/model/tables/numpyFile.ts')).numpyNames(bytes);
  } catch (error) {
    const what = kind === 'npy' ? 'arrays' : 'columns';
    const known = error instanceof DescentError ? error.shortMessage : undefined;
    return {
      title: known ?? `The names of the ${what} cannot be read.`,
      hint: kind === 'csv' ? 'Choose a CSV file in UTF-8.' : 'Choose another file, or a CSV file in UTF-8.',
    };
  }
}

function arrayOf(bytes: Uint8Array, names: readonly string[], member: string): ArrayFile {
  return names.length > 0 ? { bytes, member } : { bytes };
}

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

/** The names of a table's columns, as its reader will find them. @throws Error where the first line cannot be read */
async function readHead(file: File): Promise<string[]> {
  const bytes = new Uint8Array(await file.slice(0, LONGEST_HEAD).arrayBuffer());
  const { decodeCsv, readLines, recogniseDelimiter, statedDelimiter } = await import(
    '../../../src/model/tables/csvLines.ts'
  );
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  // Whole lines only: a letter may take several bytes.
  const lines = Math.max(bytes.lastIndexOf(LINE_FEED), bytes.lastIndexOf(CARRIAGE_RETURN)) + 1;
  const head = isPacked ? await bytesOf(file) : bytes.subarray(0, file.size > LONGEST_HEAD ? lines : undefined);
  const text = decodeCsv(head);
  const delimiter = statedDelimiter(text) ?? recogniseDelimiter(text);
  const { value } = readLines(text, delimiter, { lines: 0 }).next();
  const names = (value?.cells ?? []).map((name: string) => name.trim().normalize('NFC')).filter(Boolean);
  return [...new Set<string>(names)].slice(0, 4096);
}
