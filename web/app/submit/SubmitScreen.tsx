'use client';

import { type RefObject, useEffect, useRef, useState } from 'react';
import { isModelProgram } from '../../../src/registry/programs/list.ts';
import { DevKeys } from '../../components/Badges.tsx';
import { CheckList } from '../../components/CheckList.tsx';
import { DropZone } from '../../components/DropZone.tsx';
import { EdgeSummary } from '../../components/EdgeSummary.tsx';
import { NodeNote } from '../../components/NodeNote.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHead, Section } from '../../components/Section.tsx';
import { SignedSummary } from '../../components/SignedSummary.tsx';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import type { Message } from '../../lib/chain/types.ts';
import { useNodeTrouble } from '../../lib/chain/useNodeTrouble.ts';
import { useVerification, type Verification } from '../../lib/chain/useVerification.ts';
import type { EdgeFacts } from '../../lib/edgeFacts.ts';
import { decodeLinkedEdge, LARGEST_FILE } from '../../lib/linkedEdge.ts';
import { SendEdge } from './SendEdge.tsx';
import { SendSigned } from './SendSigned.tsx';
import { mayBeSigned, type Signed, useSigned } from './useSigned.ts';

/** What is chosen, what of it is known, and why nothing is. */
function useChosen() {
  const { verification, verifyText, reset } = useVerification();
  const { signed, take: takeSigned, clear } = useSigned();
  const [problem, setProblem] = useState<Message>();
  const [turn, setTurn] = useState(0);
  const [asking, setAsking] = useState(false);
  const isAsking = useRef(false);
  isAsking.current = asking;
  const chosen = useRef(0);

  const take = async (text: string) => {
    const mine = ++chosen.current;
    setProblem(undefined);
    setTurn((before) => before + 1);
    if (!mayBeSigned(text)) {
      clear();
      return void verifyText(text);
    }
    reset();
    const found = await takeSigned(text);
    if (!found || mine !== chosen.current) return;
    if ('problem' in found) return refuse(found.problem);
    // The signature is checked apart from the edge that was signed.
    if (found.proved) void verifyText(found.proved);
  };
  // What was refused is what was chosen: nothing of the file before may be sent in its place.
  const refuse = (words: Message) => {
    chosen.current++;
    reset();
    clear();
    setProblem(words);
  };
  useLinkedEdge(isAsking, chosen, take, refuse);
  const trouble = problem ?? verification.problem;
  return { verification, signed, trouble, turn, asking, setAsking, take, refuse };
}

/** Takes an edge file, shows and verifies it, and sends it with the visitor's wallet. */
export function SubmitScreen() {
  const config = useChainConfig();
  const node = useNodeTrouble();
  const { verification, signed, trouble, turn, asking, setAsking, take, refuse } = useChosen();
  const { facts, here, phase } = verification;
  return (
    <>
      <PageHead title="Submit">
        A wallet pays for the transaction, the contract checks the proof. An edge counts only when its own trainer sends
        it, so nobody can take it away from you.
      </PageHead>
      <NodeNote node={node}>
        Whether an edge is registered and what its transaction costs cannot be read now, and nothing can be sent. An
        edge file can be read and its proof checked here all the same.
      </NodeNote>
      <div className="mx-auto grid max-w-7xl gap-x-14 gap-y-12 px-4 sm:px-6 lg:grid-cols-2">
        <div className="grid min-w-0 content-start gap-8">
          <DropZone
            title="Your edge or run file"
            accept=".json,application/json"
            limit={LARGEST_FILE}
            onText={take}
            onProblem={refuse}
            {...(asking && { closed: 'Your wallet is asked about this file. Answer there first.' })}
          >
            <span className="hash">descent prove</span> makes it; it ends in .edge.json, or in .run.json where it holds
            trainings that one transaction registers. A file that its trainer signed (.signed.json) is carried by any
            wallet. All of it is checked here before your wallet is asked.
          </DropZone>
          {trouble && <Notice words={trouble} />}
          {signed && !trouble && (
            <Section title="Signed request">
              <SignedSummary signed={signed.file} people={config.people} />
            </Section>
          )}
          {facts && (
            <Section title="What it says" aside={facts.devKeys && <DevKeys />}>
              <EdgeSummary facts={facts} people={config.people} />
            </Section>
          )}
        </div>
        <div className="grid min-w-0 content-start gap-8">
          <Section title="Checked in this browser" aside={phase === 'running' ? 'working…' : undefined}>
            {signed && <SignatureLine byKey={signed.byKey} />}
            {!signed?.file.plain && <CheckList checks={here} />}
          </Section>
          <Section title="Send">
            {trouble ? (
              <NothingToSend />
            ) : (
              <Sending
                key={turn}
                verification={verification}
                signed={signed}
                silent={node.trouble !== undefined}
                onAsking={setAsking}
              />
            )}
          </Section>
        </div>
      </div>
    </>
  );
}

const NothingToSend = () => <p className="py-4 text-soft">Nothing to send yet.</p>;

interface SendingProps {
  verification: Verification;
  signed?: Signed;
  silent: boolean;
  onAsking(asking: boolean): void;
}

/** Sends what was chosen: an edge by its own trainer, a signed file by anybody. */
function Sending({ verification, signed, silent, onAsking }: SendingProps) {
  const { edge, run, facts, here } = verification;
  // What the keys are worth is open with development keys, and the contract takes such proofs.
  const holdsHere = here.every(({ id, state }) => state === 'good' || (id === 'keys' && state === 'open'));
  const file = edge && { edge, ...(run && { run }) };
  if (signed) {
    const { plain } = signed.file;
    if (!plain && !facts) return <NothingToSend />;
    return (
      <SendSigned
        signed={signed.file}
        file={file}
        id={facts?.id}
        page={plain?.page ?? (facts && modelPage(facts))}
        verified={signed.byKey !== undefined && (plain !== undefined || holdsHere)}
        silent={silent}
        onAsking={onAsking}
      />
    );
  }
  if (!file || !facts) return <NothingToSend />;
  return <SendEdge file={file} facts={facts} verified={holdsHere} silent={silent} onAsking={onAsking} />;
}

function modelPage({ kind, id }: EdgeFacts): string | undefined {
  return isModelProgram(kind) ? `/model/${id}` : undefined;
}

/** Whether the key of the trainer signed. Accounts that are contracts sign otherwise, which the chain decides. */
function SignatureLine({ byKey }: { byKey?: boolean }) {
  const [state, tone, title, hint] =
    byKey === undefined
      ? ['running', 'border-l-line', 'The signature is being checked', '']
      : byKey
        ? ['good', 'border-l-good', 'The key of its trainer signed it', '']
        : [
            'open',
            'border-l-warn',
            'No key of its trainer signed it',
            'An account that is a contract may have: the chain decides, and is asked before your wallet is.',
          ];
  return (
    <p data-testid="signature" data-state={state} className={`border-b border-line border-l-4 py-3 pl-4 ${tone}`}>
      <span className="font-medium">{title}</span>
      {hint && <span className="block text-[0.8125rem] text-soft">{hint}</span>}
    </p>
  );
}

/**
 * Takes the edge that a link carries: the one that `descent submit` prints has the file after #edge=, which no server
 * sees. A page that is open already gets such a link as a change of what stands after #.
 * @param chosen counts what was chosen: a link that is unpacked later than the next choice is forgotten
 */
function useLinkedEdge(
  isAsking: RefObject<boolean>,
  chosen: RefObject<number>,
  take: (text: string) => void,
  refuse: (words: Message) => void,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: what they use does not change
  useEffect(() => {
    const open = () => {
      const { hash } = window.location;
      if (!hash.startsWith('#edge=') || isAsking.current) return;
      window.history.replaceState(null, '', window.location.pathname);
      const turn = ++chosen.current;
      const unlessLater = (act: () => void) => turn === chosen.current && act();
      decodeLinkedEdge(hash.slice('#edge='.length)).then(
        (text) => unlessLater(() => take(text)),
        () => unlessLater(() => refuse({ title: 'The link is damaged.', hint: 'Drop the edge file instead.' })),
      );
    };
    open();
    window.addEventListener('hashchange', open);
    return () => window.removeEventListener('hashchange', open);
  }, []);
}
