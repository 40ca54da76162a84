'use client';

import { type FormEvent, useRef, useState } from 'react';
import { type Head, headsFor } from '../../../src/model/head.ts';
import type { ShardKind } from '../../../src/model/shardKind.ts';
import { usualHead } from '../../../src/model/smoothing.ts';
import { Notice } from '../../components/Notice.tsx';
import type { Message } from '../../lib/chain/types.ts';
import type { ProvingBytes } from '../../lib/files.ts';
import { HEAD_MEANINGS, HEAD_NAMES } from '../../lib/heads.ts';
import { safeText } from '../../lib/hostile.ts';
import type { AnswerKind, Plan, Source } from '../../lib/prover/messages.ts';
import { Costs, NetworkFields } from './NetworkFields.tsx';
import { NumberSelect, Select } from './Select.tsx';

const LARGEST_TABLE = 20 << 20;
/** Bytes in which the names of the columns are looked for. */
const LONGEST_HEAD = 1 << 16;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const ROWS = [64, 128, 256, 512];
const HIDDEN = [8, 16, 32, 64];
const RATES = [0.125, 0.25, 0.5, 1];
/** As the command line takes it; none unless it is asked for, as there. */
const SMOOTHINGS = [0, 0.02, 0.05, 0.1, 0.2];
const PASSES = [1, 2, 4, 8, 16, 32];

const KINDS: Record<AnswerKind, ShardKind> = { classes: 'classes', numbers: 'regression', labels: 'labels' };

const SOURCES: { kind: Source['kind']; title: string; text: string }[] = [
  {
    kind: 'digits',
    title: 'Handwritten digits',
    text: 'The first ones of MNIST, which this page brings along',
  },
  {
    kind: 'csv',
    title: 'A table of your own',
    text: 'CSV with a header: numbers, and one column to predict',
  },
];

interface Props {
  keys: ProvingBytes;
  /** something runs */
  busy: boolean;
  /** something was proved of what is chosen */
  fixed: boolean;
  rate: number;
  onRate(rate: number): void;
  /** times that the training goes through all rows */
  passes: number;
  onPasses(passes: number): void;
  /** what the targets of right answers lack to 1; of no meaning for a squared error */
  smoothing: number;
  onSmoothing(smoothing: number): void;
  /** rate, passes and smoothing stay as they are */
  trainingFixed: boolean;
  /** an input changed: what followed from it does not hold any more */
  onChange(): void;
  onPrepare(plan: Plan): void;
}

interface OwnTable {
  file: File;
  columns: string[];
}

/** What to learn from, and with what. */
export function PlanForm(props: Props) {
  const { keys, busy, fixed, rate, onRate, passes, onPasses, trainingFixed, onChange, onPrepare } = props;
  const [kind, setKind] = useState<Source['kind']>('digits');
  const [rows, setRows] = useState(64);
  const [hidden, setHidden] = useState(32);
  const [wanted, setWanted] = useState<string>();
  const [chosen, setChosen] = useState<Head>();
  const own = useOwnTable(onChange);
  const closed = busy || fixed;
  const network = kind === 'digits' ? wanted : undefined;
  const rowsOf = kind === 'digits' ? 'classes' : KINDS[own.answers];
  // What was chosen for other rows does not go with these.
  const head = chosen && headsFor(rowsOf).includes(chosen) ? chosen : usualHead(rowsOf);

  /** Sets an input and forgets what depended on the one before. */
  const changing =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      own.forgetProblem();
      set(value);
      onChange();
    };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    own.forgetProblem();
    const source: Source | undefined = kind === 'digits' ? { kind, ...(network && { network }) } : await own.read();
    if (source) onPrepare({ source, rows, hidden, head });
  };
  return (
    <form onSubmit={submit} className="sheet grid gap-5 p-5 sm:p-6">
      <h2 className="title text-2xl">What to learn from</h2>
      <fieldset className="grid gap-2" disabled={closed}>
        <legend className="sr-only">Data</legend>
        {SOURCES.map(({ kind: value, ...texts }) => (
          <Choice key={value} {...texts} checked={kind === value} onChoose={() => changing(setKind)(value)} />
        ))}
      </fieldset>
      {kind === 'csv' && <OwnTableFields own={own} disabled={closed} />}
      {own.problem && <Notice words={own.problem} />}
      {kind === 'digits' && (
        <NetworkFields {...{ keys, network, hidden, head }} disabled={closed} onChange={changing(setWanted)} />
      )}
      <HeadSelect kind={rowsOf} head={head} disabled={closed} onChange={changing(setChosen)} />
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <NumberSelect name="Rows" value={rows} values={ROWS} disabled={closed} onChange={changing(setRows)} />
        {network === undefined && (
          <NumberSelect
            name="Hidden units"
            value={hidden}
            values={HIDDEN}
            disabled={closed}
            onChange={changing(setHidden)}
          />
        )}
        <NumberSelect name="Learning rate" value={rate} values={RATES} disabled={trainingFixed} onChange={onRate} />
        <NumberSelect name="Passes" value={passes} values={PASSES} disabled={trainingFixed} onChange={onPasses} />
      </div>
      {head !== 'squared error' && <SmoothingSelect head={head} {...props} />}
      <button type="submit" className="button button-main justify-self-start px-5" disabled={closed}>
        Prepare
      </button>
      <Costs keys={keys} network={network} />
    </form>
  );
}

/** The visitor's own table: its file, the names of its columns, and what is predicted from it. */
function useOwnTable(onChange: () => void) {
  const [table, setTable] = useState<OwnTable>();
  const [label, setLabel] = useState('');
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
    setAnswers('classes');
    if (!file) return;
    if (file.size > LARGEST_TABLE)
      return setProblem({ title: 'The table is larger than 20 MB.', hint: 'Use the command line for it.' });
    const head = await readHead(file).catch(() => undefined);
    if (latest.current !== file) return;
    if (!head)
      return setProblem({ title: 'The names of the columns cannot be read.', hint: 'Choose a CSV file in UTF-8.' });
    setLabel(head.at(-1) ?? '');
    setTable({ file, columns: head });
  };
  /** All of it; undefined where there is none, or another one was chosen meanwhile. */
  const read = async (): Promise<Source | undefined> => {
    if (!table) {
      setProblem({ title: 'Choose a CSV file first.' });
      return undefined;
    }
    const { file } = table;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      return latest.current === file ? { kind: 'csv', bytes, label, answers } : undefined;
    } catch {
      onChange();
      setProblem({ title: 'The file has changed or is gone.', hint: 'Choose it again.' });
      return undefined;
    }
  };
  const predict = (column: string, holds: AnswerKind) => {
    changed();
    setLabel(column);
    setAnswers(holds);
  };
  return { table, label, answers, problem, choose, read, predict, forgetProblem: () => setProblem(undefined) };
}

/** Which file is read, which column is predicted, and what that holds. */
function OwnTableFields({ own, disabled }: { own: ReturnType<typeof useOwnTable>; disabled: boolean }) {
  const { table, label, answers, choose, predict } = own;
  return (
    <fieldset className="grid gap-3" disabled={disabled}>
      <legend className="sr-only">Your table</legend>
      <label className="grid gap-1">
        <span className="text-[0.8125rem] text-soft">File, which stays in this tab</span>
        <input
          type="file"
          accept=".csv,.tsv,.gz,text/csv"
          data-testid="csv"
          onChange={(event) => void choose(event.target.files?.[0])}
          className="text-soft file:mr-3 file:min-h-9 file:rounded-[3px] file:border file:border-solid file:border-rule file:bg-paper file:px-3 file:text-ink"
        />
      </label>
      {table && (
        <>
          <Select name="Column to predict" value={label} onChange={(column) => predict(column, 'classes')}>
            {table.columns.map((name) => (
              <option key={name} value={name}>
                {safeText(name).slice(0, 60).toWellFormed()}
              </option>
            ))}
          </Select>
          <Select name="What it holds" value={answers} onChange={(holds) => predict(label, holds as AnswerKind)}>
            <option value="classes">Names of classes</option>
            <option value="numbers">Numbers to predict</option>
            <option value="labels">Yes or no: 1 or 0</option>
          </Select>
        </>
      )}
    </fieldset>
  );
}

function Choice({
  checked,
  onChoose,
  title,
  text,
}: {
  checked: boolean;
  onChoose(): void;
  title: string;
  text: string;
}) {
  return (
    <label className="flex cursor-pointer items-start gap-3 rounded-[3px] border border-line p-3 has-checked:border-ink has-checked:bg-paper">
      <input
        type="radio"
        name="source"
        checked={checked}
        onChange={onChoose}
        className="mt-1 size-4 accent-[var(--color-mark)]"
      />
      <span>
        <span className="font-medium">{title}</span>
        <span className="block text-[0.8125rem] text-soft">{text}</span>
      </span>
    </label>
  );
}

/** What the network is trained as; what does not go with the rows is not offered. */
function HeadSelect({
  kind,
  head,
  disabled,
  onChange,
}: {
  kind: ShardKind;
  head: Head;
  disabled: boolean;
  onChange(head: Head): void;
}) {
  return (
    <Select name="Trained as" value={head} disabled={disabled} onChange={(value) => onChange(value as Head)}>
      {headsFor(kind).map((one) => (
        <option key={one} value={one}>
          {HEAD_NAMES[one]}: {HEAD_MEANINGS[one]}
        </option>
      ))}
    </Select>
  );
}

/** How far targets stay from 0 and 1. A squared error has none. */
function SmoothingSelect({
  head,
  smoothing,
  trainingFixed,
  onSmoothing,
}: { head: Head } & Pick<Props, 'smoothing' | 'trainingFixed' | 'onSmoothing'>) {
  return (
    <div className="grid gap-1">
      <Select
        name="Smoothing of the targets"
        value={String(smoothing)}
        disabled={trainingFixed}
        onChange={(text) => onSmoothing(Number(text))}
      >
        {SMOOTHINGS.map((one) => (
          <option key={one} value={one}>
            {one === 0 ? 'none' : one}
          </option>
        ))}
      </Select>
      <p className="text-[0.8125rem] text-soft">
        {head === 'softmax'
          ? 'What the target of the right class lacks to 1, shared among the wrong ones.'
          : 'The target of the wrong value.'}
      </p>
    </div>
  );
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
  const head = isPacked
    ? new Uint8Array(await file.arrayBuffer())
    : bytes.subarray(0, file.size > LONGEST_HEAD ? lines : undefined);
  const text = decodeCsv(head);
  const delimiter = statedDelimiter(text) ?? recogniseDelimiter(text);
  const { value } = readLines(text, delimiter, { lines: 0 }).next();
  const names = (value?.cells ?? []).map((name: string) => name.trim().normalize('NFC')).filter(Boolean);
  return [...new Set<string>(names)].slice(0, 4096);
}
