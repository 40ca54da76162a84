'use client';

import Link from 'next/link';
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import { notShown, verdictOf } from '../../../src/registry/check.ts';
import { CheckList } from '../../components/CheckList.tsx';
import { DropZone } from '../../components/DropZone.tsx';
import { EdgeSummary } from '../../components/EdgeSummary.tsx';
import { NodeNote } from '../../components/NodeNote.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Command } from '../../components/Reproduce.tsx';
import { PageHead, Section } from '../../components/Section.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import type { Message } from '../../lib/chain/types.ts';
import { useNodeTrouble } from '../../lib/chain/useNodeTrouble.ts';
import { isOpen, useVerification, type Verification } from '../../lib/chain/useVerification.ts';
import type { EdgeFacts } from '../../lib/edgeFacts.ts';
import { fileInShell, isHash } from '../../lib/format.ts';
import { LARGEST_FILE } from '../../lib/linkedEdge.ts';

type Asked = { id: `0x${string}` } | { text: string; name: string };

/** What is verified, and again once a node that was silent answers. */
function useSubject(initial: `0x${string}` | undefined) {
  const { verification, verifyText, verifyNode, reset } = useVerification();
  const node = useNodeTrouble();
  const [asked, setAsked] = useState<Asked | undefined>(initial && { id: initial });
  const [problem, setProblem] = useState<Message>();
  const verify = useCallback(
    (subject: Asked) => void ('id' in subject ? verifyNode(subject.id) : verifyText(subject.text)),
    [verifyNode, verifyText],
  );
  useEffect(() => {
    if (asked) verify(asked);
  }, [asked, verify]);

  const isSilent = node.trouble !== undefined;
  const wasSilent = useRef(isSilent);
  const isUnanswered = verification.phase === 'done' && isOpen(verification);
  useEffect(() => {
    if (wasSilent.current && !isSilent && asked && isUnanswered) verify(asked);
    wasSilent.current = isSilent;
  }, [isSilent, asked, isUnanswered, verify]);

  const ask = (subject: Asked) => {
    setProblem(undefined);
    setAsked(subject);
  };
  /** Says why what was chosen last cannot be verified; what was chosen before is forgotten. */
  const refuse = (words: Message) => {
    reset();
    setAsked(undefined);
    setProblem(words);
  };
  return { verification, node, problem: problem ?? verification.problem, asked, ask, refuse };
}

/** Checks a registered node or an edge file again, in this browser. */
export function VerifyScreen({ initial }: { initial?: `0x${string}` }) {
  const { verification, node, problem, asked, ask, refuse } = useSubject(initial);
  return (
    <>
      <PageHead title="Verify">
        Your browser checks the proof itself: it asks nobody but the chain, and this page only for the verification key,
        which it compares with the contract’s.
      </PageHead>
      <NodeNote node={node}>
        What the chain says cannot be read now, and no proof can be found by its id. An edge file can be checked by
        itself: what needs the chain is then called not shown.
      </NodeNote>
      <div className="mx-auto grid max-w-7xl gap-x-14 gap-y-12 px-4 sm:px-6 lg:grid-cols-2">
        <Chooser initial={initial} facts={verification.facts} ask={ask} refuse={refuse} />
        <Findings verification={verification} problem={problem} asked={asked} />
      </div>
    </>
  );
}

interface ChooserProps {
  initial: string | undefined;
  facts: EdgeFacts | undefined;
  ask(subject: Asked): void;
  refuse(words: Message): void;
}

/** Takes an id or a file, and shows what the edge says. */
function Chooser({ initial, facts, ask, refuse }: ChooserProps) {
  const { people } = useChainConfig();
  const [id, setId] = useState(initial ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = id.trim().toLowerCase();
    if (isHash(wanted)) return ask({ id: wanted });
    refuse({ title: 'That is no id of a model or shard.', hint: 'An id is 0x and 64 hexadecimal digits.' });
  };
  return (
    <div className="grid min-w-0 content-start gap-8">
      <form onSubmit={submit} className="grid gap-2">
        <label htmlFor="node" className="font-semibold">
          Id of a registered model or shard
        </label>
        <div className="flex gap-2 max-sm:flex-col">
          <input
            id="node"
            className="field hash text-[0.8125rem]"
            placeholder="0x…"
            value={id}
            maxLength={80}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setId(event.target.value)}
          />
          <button type="submit" className="button button-main">
            Verify
          </button>
        </div>
        <p className="text-[0.8125rem] text-soft">The proof is read from the transaction that registered it.</p>
      </form>
      <DropZone
        title="Or an edge or run file"
        accept=".json,application/json"
        limit={LARGEST_FILE}
        onProblem={refuse}
        onText={(text, name) => ask({ text, name })}
      >
        A file that ends in .edge.json or .run.json, registered or not. It stays on this machine.
      </DropZone>
      {facts && (
        <Section title="What it says">
          <EdgeSummary facts={facts} people={people} />
        </Section>
      )}
    </div>
  );
}

interface FindingsProps {
  verification: Verification;
  problem: Message | undefined;
  asked: Asked | undefined;
}

/** Every check and the verdict. */
function Findings({ verification, problem, asked }: FindingsProps) {
  const { rpc, registry } = useChainConfig();
  const { phase, here, there, checks, facts, unseen } = verification;
  const id = asked && 'id' in asked ? asked.id : undefined;
  return (
    <div className="grid min-w-0 content-start gap-8">
      {problem && <Notice words={problem} />}
      <Section title="In this browser" aside={phase === 'running' ? 'working…' : undefined}>
        <CheckList checks={here} />
      </Section>
      <Section title="Against the chain">
        <CheckList checks={there} />
      </Section>
      {phase === 'done' && !problem && checks && (
        <Verdict
          subject={facts ? `${facts.kind} ${facts.id}` : 'this file'}
          verdict={verdictOf(checks)}
          notShown={notShown(checks)}
          uncovered={unseen}
        />
      )}
      {asked && (
        <Command
          title="The same on the command line"
          text={`descent verify ${'id' in asked ? asked.id : fileInShell(asked.name)} --rpc ${rpc} --registry ${registry}`}
        />
      )}
      <p className="text-soft">
        What a proof shows and does not show stands on every{' '}
        <Link href={id ? `/model/${id}` : '/tree'} className="link">
          model’s page
        </Link>
        .
      </p>
    </div>
  );
}
