import { Tick } from '../../components/Badges.tsx';
import { Notice } from '../../components/Notice.tsx';
import type { Message } from '../../lib/chain/types.ts';
import { plural, short } from '../../lib/format.ts';
import type { KeptStep } from '../../lib/prover/keptWork.ts';
import type { Progress } from '../../lib/prover/messages.ts';
import { Ask } from './Ask.tsx';
import type { Phase } from './useProving.ts';

interface Props {
  number: number;
  title: string;
  text: string;
  action: string;
  phase: Phase;
  /** what is proved of it */
  step: KeptStep | undefined;
  /** of a training of several segments, how many, and which one is proved now */
  segments: number;
  segment: number | undefined;
  problem: Message | undefined;
  /** what was measured, in words */
  measured: string | undefined;
  progress: Progress | undefined;
  enabled: boolean;
  /** of the wallet */
  account: string | undefined;
  onProve(): void;
  onSend(): void;
  /** gives up what is proved and not sent, where that can be proved otherwise */
  onForget?: (() => void) | undefined;
}

/** One proof and its transaction. */
export function StepCard(props: Props) {
  const { number, title, text, phase, step, segments, problem, progress } = props;
  // A proof counts for one sender only.
  const { account } = props;
  const isOthers = step !== undefined && !step.done && account !== undefined && step.trainer !== account;
  const busy = phase === 'asking' || phase === 'proving' || phase === 'sending';
  const canSend = phase === 'proved' && !isOthers;
  const isPart = step !== undefined && !step.whole && !isOthers;
  return (
    <li
      className={`sheet grid grid-cols-[2.5rem_minmax(0,1fr)] gap-x-4 p-5 sm:p-6 ${phase === 'waiting' ? 'bg-transparent!' : ''}`}
      data-step={number}
      data-phase={phase}
    >
      <span
        className={`figure grid size-10 place-items-center rounded-full border text-lg ${phase === 'done' ? 'border-good text-good' : 'border-rule text-soft'}`}
      >
        {phase === 'done' ? <Tick /> : number}
      </span>
      <div className="grid min-w-0 gap-3">
        <div>
          <h2 className="title text-xl">{title}</h2>
          <p className="text-soft">{text}</p>
        </div>
        {problem && <Notice words={problem} tone={problem.rejected ? 'warn' : 'bad'} />}
        {busy && <Working phase={phase} progress={progress} {...part(props)} />}
        {step && <Proved step={step} segments={segments} measured={props.measured} />}
        {isOthers && step.trainer && !busy && (
          <p className="text-soft">
            It was proved for {short(step.trainer)}, which is not your wallet’s account any more.
          </p>
        )}
        {props.onForget && step && !step.done && !busy && (
          <Ask
            name="Train with other settings"
            question="This deletes the proof, which was not sent, and the weights that came out."
            yes="Delete both"
            onYes={props.onForget}
          />
        )}
        {(phase === 'ready' || phase === 'proved') && (
          <button
            type="button"
            className="button button-main justify-self-start"
            disabled={!props.enabled}
            onClick={canSend ? props.onSend : props.onProve}
          >
            {canSend ? 'Send again' : isPart ? 'Go on with the next segment' : props.action}
          </button>
        )}
      </div>
    </li>
  );
}

function part({ segment, segments }: Props): { part?: string } {
  return segment !== undefined && segments > 1 ? { part: `Segment ${segment} of ${segments}: ` } : {};
}

/** What is proved of a step. */
function Proved({ step, segments, measured }: { step: KeptStep; segments: number; measured: string | undefined }) {
  const { trainer, seconds, whole, edges } = step;
  if (edges.length === 0) return <p className="text-[0.8125rem] text-soft">The registry has these rows already.</p>;
  const of = whole ? '' : `${edges.length} of ${plural(segments, 'segment')}, `;
  return (
    <p className="text-[0.8125rem] text-soft">
      Proved {of}in {seconds.toFixed(1)} s{trainer && ` for ${short(trainer)}`}
      {measured && `, ${measured}`}
    </p>
  );
}

function Working({ phase, progress, part = '' }: { phase: Phase; progress: Progress | undefined; part?: string }) {
  const stage =
    phase === 'sending'
      ? 'Waits for your wallet and the block'
      : (progress?.stage ?? (phase === 'asking' ? 'Waits for your wallet' : 'Begins'));
  return (
    <div className="grid gap-1.5" aria-live="polite">
      <p>
        {phase === 'proving' && part}
        {stage}…
      </p>
      <div className="h-1.5 overflow-hidden rounded-full bg-sunk">
        {progress?.fraction !== undefined && phase === 'proving' ? (
          <div className="h-full bg-mark" style={{ width: `${100 * progress.fraction}%` }} />
        ) : (
          <div className="h-full w-1/4 animate-pulse bg-mark" />
        )}
      </div>
      {progress && progress.memory > 0 && (
        <p className="text-[0.8125rem] text-soft">Keys and powers held: {(progress.memory / 2 ** 20).toFixed(0)} MB</p>
      )}
    </div>
  );
}
