'use client';

import { type RefObject, useEffect, useRef, useState } from 'react';
import { DevKeys } from '../../components/Badges.tsx';
import { CheckList } from '../../components/CheckList.tsx';
import { DropZone } from '../../components/DropZone.tsx';
import { EdgeSummary } from '../../components/EdgeSummary.tsx';
import { NodeNote } from '../../components/NodeNote.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHead, Section } from '../../components/Section.tsx';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import type { Message } from '../../lib/chain/types.ts';
import { useNodeTrouble } from '../../lib/chain/useNodeTrouble.ts';
import { useVerification } from '../../lib/chain/useVerification.ts';
import { decodeLinkedEdge, LARGEST_FILE } from '../../lib/linkedEdge.ts';
import { SendEdge } from './SendEdge.tsx';

/** Takes an edge file, shows and verifies it, and sends it with the visitor's wallet. */
export function SubmitScreen() {
  const config = useChainConfig();
  const node = useNodeTrouble();
  const { verification, verifyText, reset } = useVerification();
  const [problem, setProblem] = useState<Message>();
  const [turn, setTurn] = useState(0);

  const [asking, setAsking] = useState(false);
  const isAsking = useRef(false);
  isAsking.current = asking;
  const chosen = useRef(0);

  const take = (text: string) => {
    chosen.current++;
    setProblem(undefined);
    setTurn((before) => before + 1);
    void verifyText(text);
  };
  // What was refused is what was chosen: nothing of the file before may be sent in its place.
  const refuse = (words: Message) => {
    chosen.current++;
    reset();
    setProblem(words);
  };
  useLinkedEdge(isAsking, chosen, take, refuse);

  const { edge, run, facts, here, phase } = verification;
  const trouble = problem ?? verification.problem;
  // What the keys are worth is open with development keys, and the contract takes such proofs.
  const holdsHere = here.every(({ id, state }) => state === 'good' || (id === 'keys' && state === 'open'));
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
            trainings that one transaction registers. It is checked here before your wallet is asked.
          </DropZone>
          {trouble && <Notice words={trouble} />}
          {facts && (
            <Section title="What it says" aside={facts.devKeys && <DevKeys />}>
              <EdgeSummary facts={facts} people={config.people} />
            </Section>
          )}
        </div>
        <div className="grid min-w-0 content-start gap-8">
          <Section title="Checked in this browser" aside={phase === 'running' ? 'working…' : undefined}>
            <CheckList checks={here} />
          </Section>
          <Section title="Send">
            {edge && facts ? (
              <SendEdge
                key={turn}
                file={{ edge, ...(run && { run }) }}
                facts={facts}
                verified={holdsHere}
                silent={node.trouble !== undefined}
                onAsking={setAsking}
              />
            ) : (
              <p className="py-4 text-soft">Nothing to send yet.</p>
            )}
          </Section>
        </div>
      </div>
    </>
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
