'use client';

import { type FormEvent, useState } from 'react';
import { type Head, headsFor } from '../../../src/model/head.ts';
import type { ShardKind } from '../../../src/model/shardKind.ts';
import { usualHead } from '../../../src/model/smoothing.ts';
import { Notice } from '../../components/Notice.tsx';
import type { Message } from '../../lib/chain/types.ts';
import type { ProvingBytes } from '../../lib/files.ts';
import { HEAD_MEANINGS, HEAD_NAMES } from '../../lib/heads.ts';
import type { Settings, Work } from '../../lib/prover/keptWork.ts';
import type { AnswerKind, Goal, Plan, Source } from '../../lib/prover/messages.ts';
import { FileField } from './FileField.tsx';
import { Costs, NetworkFields } from './NetworkFields.tsx';
import { OwnTableFields } from './OwnTableFields.tsx';
import { NumberSelect, Select } from './Select.tsx';
import { useOwnTable } from './useOwnTable.ts';

const ROWS = [64, 128, 256, 512];
const HIDDEN = [8, 16, 32, 64];
const RATES = [0.125, 0.25, 0.5, 1];
/** As the command line takes it; none unless it is asked for, as there. */
const SMOOTHINGS = [0, 0.02, 0.05, 0.1, 0.2];
const PASSES = [1, 2, 4, 8, 16, 32];
const SEGMENTS = [1, 2, 4, 8];
/** Bytes of a file of weights or rows at most: the largest model has 2^20 numbers of 8 bytes. */
const LARGEST_FILE = 32 << 20;

const KINDS: Record<AnswerKind, ShardKind> = { classes: 'classes', numbers: 'regression', labels: 'labels' };

const GOALS: { goal: Goal; title: string; text: string }[] = [
  { goal: 'new', title: 'Train a new model', text: 'From new weights that the chain draws' },
  {
    goal: 'further',
    title: 'Train a registered model further',
    text: 'From the weights file of any model here that you have',
  },
  {
    goal: 'score',
    title: 'Prove a score',
    text: 'What a model gets right on the rows of a benchmark or of any shard file',
  },
];

const SOURCES: { source: Settings['source']; title: string; text: string }[] = [
  {
    source: 'digits',
    title: 'Handwritten digits',
    text: 'The first ones of MNIST, which this page brings along',
  },
  {
    source: 'table',
    title: 'A table of your own',
    text: 'CSV, Parquet or npy: numbers, and one column to predict',
  },
  {
    source: 'shard',
    title: 'A shard file',
    text: 'Rows that were committed before, with their salt: shard.safetensors',
  },
];

interface Props {
  keys: ProvingBytes;
  /** whether the page shows a scoreboard, which takes scores */
  scores: boolean;
  settings: Settings;
  /** other settings of the form */
  onSettings(settings: Partial<Settings>): void;
  /** what is prepared, with its settings */
  work: Work | undefined;
  /** something runs */
  busy: boolean;
  /** something was proved of what is chosen */
  fixed: boolean;
  /** rate, passes, segments and smoothing stay as they are */
  trainingFixed: boolean;
  /** settings of the training: what is prepared stays */
  onTraining(settings: Partial<Settings>): void;
  /** an input changed: what followed from it does not hold any more */
  onChange(): void;
  onPrepare(plan: Plan): void;
}

/** What to learn from, and with what. */
export function PlanForm(props: Props) {
  const { keys, settings, fixed, trainingFixed, onTraining } = props;
  const plan = usePlan(props);
  const { change, head, network, rowsOf, problem } = plan;
  const { goal, source, rows, hidden } = settings;
  const closed = props.busy || fixed;
  const isNew = goal === 'new';
  const isTraining = goal !== 'score';
  return (
    <form onSubmit={plan.submit} className="sheet grid gap-5 p-5 sm:p-6">
      <GoalFields scores={props.scores} goal={goal} plan={plan} disabled={closed} />
      <SourceFields settings={settings} plan={plan} disabled={closed} />
      {problem && <Notice words={problem} />}
      {isNew && source === 'digits' && (
        <NetworkFields
          {...{ keys, network, hidden, head }}
          disabled={closed}
          onChange={(value) => change({ network: value })}
        />
      )}
      {isNew && (
        <HeadSelect kind={rowsOf} head={head} disabled={closed} onChange={(value) => change({ head: value })} />
      )}
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        {source !== 'shard' && (
          <NumberSelect
            name="Rows"
            value={rows}
            values={ROWS}
            disabled={closed}
            onChange={(value) => change({ rows: value })}
          />
        )}
        {isNew && network === undefined && (
          <NumberSelect
            name="Hidden units"
            value={hidden}
            values={HIDDEN}
            disabled={closed}
            onChange={(value) => change({ hidden: value })}
          />
        )}
        {isTraining && <TrainingSelects settings={settings} disabled={trainingFixed} onTraining={onTraining} />}
      </div>
      {isTraining && head !== 'squared error' && (
        <SmoothingSelect head={head} smoothing={settings.smoothing} disabled={trainingFixed} onTraining={onTraining} />
      )}
      <button type="submit" className="button button-main justify-self-start px-5" disabled={closed}>
        Prepare
      </button>
      <Costs keys={keys} goal={goal} network={network} />
    </form>
  );
}

/** What the form's files and settings come to. */
function usePlan({ settings, work, onChange, onSettings, onPrepare }: Props) {
  const { goal, source, rows, hidden } = settings;
  const own = useOwnTable(onChange);
  const model = useOwnFile('Choose the weights file of the model first.', onChange);
  const shard = useOwnFile('Choose a shard file first.', onChange);
  const isNew = goal === 'new';
  const network = isNew && source === 'digits' ? settings.network : undefined;
  const rowsOf = source === 'digits' ? 'classes' : (work?.prepared.kind ?? KINDS[own.answers]);
  // What was chosen for other rows does not go with these.
  const chosen = headsFor(rowsOf).find((head) => head === settings.head);
  const head = work?.prepared.shape.head ?? chosen ?? usualHead(rowsOf);
  const forgetProblems = () => {
    for (const { forgetProblem } of [own, model, shard]) forgetProblem();
  };
  /** Takes other inputs and forgets what depended on those before. */
  const change = (some: Partial<Settings>) => {
    forgetProblems();
    onSettings(some);
    onChange();
  };
  const readSource = async (): Promise<Source | undefined> => {
    if (source === 'digits') return { kind: source, ...(network && { network }) };
    if (source === 'table') return own.read();
    const bytes = await shard.read();
    return bytes && { kind: source, bytes };
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    forgetProblems();
    const weights = isNew ? undefined : await model.read();
    if (!isNew && !weights) return;
    const read = await readSource();
    if (read) onPrepare({ goal, source: read, ...(weights && { model: weights }), rows, hidden, head });
  };
  const problem = own.problem ?? model.problem ?? shard.problem;
  return { own, model, shard, network, rowsOf, head, problem, change, submit };
}

type PlanOfForm = ReturnType<typeof usePlan>;

/** What is to be proved, and of which model. */
function GoalFields({
  scores,
  goal,
  plan: { change, model },
  disabled,
}: Pick<Props, 'scores'> & { goal: Goal; plan: PlanOfForm; disabled: boolean }) {
  return (
    <>
      <h2 className="title text-2xl">What to prove</h2>
      <fieldset className="grid gap-2" disabled={disabled}>
        <legend className="sr-only">Goal</legend>
        {GOALS.filter((one) => scores || one.goal !== 'score').map(({ goal: value, ...texts }) => (
          <Choice
            key={value}
            {...texts}
            name="goal"
            checked={goal === value}
            onChoose={() => change({ goal: value, ...(value === 'score' && { source: 'shard' }) })}
          />
        ))}
      </fieldset>
      {goal !== 'new' && (
        <FileField
          name="Weights file of the model, which stays in this browser"
          accept=".safetensors"
          testId="weights"
          disabled={disabled}
          onFile={model.choose}
        />
      )}
    </>
  );
}

/** Which rows. */
function SourceFields({
  settings: { goal, source },
  plan: { change, own, shard },
  disabled,
}: Pick<Props, 'settings'> & { plan: PlanOfForm; disabled: boolean }) {
  return (
    <>
      <h2 className="title text-2xl">{goal === 'score' ? 'On which rows' : 'What to learn from'}</h2>
      {goal !== 'score' && (
        <fieldset className="grid gap-2" disabled={disabled}>
          <legend className="sr-only">Data</legend>
          {SOURCES.map(({ source: value, ...texts }) => (
            <Choice
              key={value}
              {...texts}
              name="source"
              checked={source === value}
              onChoose={() => change({ source: value })}
            />
          ))}
        </fieldset>
      )}
      {source === 'table' && <OwnTableFields own={own} disabled={disabled} />}
      {source === 'shard' && (
        <FileField
          name="Shard file, which stays in this browser"
          accept=".safetensors"
          testId="shard"
          disabled={disabled}
          onFile={shard.choose}
        />
      )}
    </>
  );
}

/** A file of the visitor. @param missing what is said where there is none */
function useOwnFile(missing: string, onChange: () => void) {
  const [file, setFile] = useState<File>();
  const [problem, setProblem] = useState<Message>();
  const choose = (next: File | undefined) => {
    setProblem(undefined);
    onChange();
    setFile(next);
  };
  const read = async (): Promise<Uint8Array | undefined> => {
    const refuse = (words: Message) => {
      setProblem(words);
      return undefined;
    };
    if (!file) return refuse({ title: missing, hint: 'Such files end in .safetensors.' });
    if (file.size > LARGEST_FILE) return refuse({ title: 'The file is larger than any of its kind.' });
    return file.arrayBuffer().then(
      (bytes) => new Uint8Array(bytes),
      () => refuse({ title: 'The file has changed or is gone.', hint: 'Choose it again.' }),
    );
  };
  return { choose, read, problem, forgetProblem: () => setProblem(undefined) };
}

/** How the training goes. */
function TrainingSelects({
  settings: { rate, passes, segments },
  disabled,
  onTraining,
}: {
  settings: Settings;
  disabled: boolean;
  onTraining: Props['onTraining'];
}) {
  return (
    <>
      <NumberSelect
        name="Learning rate"
        value={rate}
        values={RATES}
        disabled={disabled}
        onChange={(value) => onTraining({ rate: value })}
      />
      <NumberSelect
        name="Passes"
        value={passes}
        values={PASSES}
        disabled={disabled}
        onChange={(value) => onTraining({ passes: value })}
      />
      <NumberSelect
        name="Segments"
        value={segments}
        values={SEGMENTS}
        disabled={disabled}
        onChange={(value) => onTraining({ segments: value })}
      />
    </>
  );
}

function Choice({
  name,
  checked,
  onChoose,
  title,
  text,
}: {
  name: string;
  checked: boolean;
  onChoose(): void;
  title: string;
  text: string;
}) {
  return (
    <label className="flex cursor-pointer items-start gap-3 rounded-[3px] border border-line p-3 has-checked:border-ink has-checked:bg-paper">
      <input
        type="radio"
        name={name}
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
  disabled,
  onTraining,
}: { head: Head; smoothing: number; disabled: boolean } & Pick<Props, 'onTraining'>) {
  return (
    <div className="grid gap-1">
      <Select
        name="Smoothing of the targets"
        value={String(smoothing)}
        disabled={disabled}
        onChange={(text) => onTraining({ smoothing: Number(text) })}
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
