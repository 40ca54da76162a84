import { Tick } from '../../components/Badges.tsx';
import { Notice } from '../../components/Notice.tsx';
import { short } from '../../lib/format.ts';
import type { Progress } from '../../lib/prover/messages.ts';
import type { StepState } from './useProving.ts';

interface Props {
  number: number;
  title: string;
  text: string;
  action: string;
  state: StepState;
  /** what was measured, in words */
  measured: string | undefined;
  progress: Progress | undefined;
  enabled: boolean;
  /** of the wallet */
  account: string | undefined;
  onAct(): void;
}

/** One proof and its transaction. */
export function StepCard({ number, title, text, action, state, measured, progress, enabled, account, onAct }: Props) {
  const { phase, proved, problem, trainer } = state;
  // A proof counts for one sender only.
  const isOthers = phase === 'proved' && trainer !== account;
  const busy = phase === 'asking' || phase === 'proving' || phase === 'sending';
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
        {busy && <Working phase={phase} progress={progress} />}
        {proved && (
          <p className="text-[0.8125rem] text-soft">
            Proved in {proved.seconds.toFixed(1)} s{trainer && ` for ${short(trainer)}`}
            {measured && `, ${measured}`}
          </p>
        )}
        {isOthers && trainer && (
          <p className="text-soft">It was proved for {short(trainer)}, which is not your wallet’s account any more.</p>
        )}
        {(phase === 'ready' || phase === 'proved') && (
          <button type="button" className="button button-main justify-self-start" disabled={!enabled} onClick={onAct}>
            {phase === 'proved' && !isOthers ? 'Send again' : action}
          </button>
        )}
      </div>
    </li>
  );
}

function Working({ phase, progress }: { phase: StepState['phase']; progress: Progress | undefined }) {
  const stage =
    phase === 'sending'
      ? 'Waits for your wallet and the block'
      : (progress?.stage ?? (phase === 'asking' ? 'Waits for your wallet' : 'Begins'));
  return (
    <div className="grid gap-1.5" aria-live="polite">
      <p>{stage}…</p>
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
