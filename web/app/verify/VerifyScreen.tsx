'use client';

import Link from 'next/link';
import { type FormEvent, useEffect, useState } from 'react';
import { notShown, verdictOf } from '../../../src/registry/check.ts';
import { CheckList } from '../../components/CheckList.tsx';
import { DropZone } from '../../components/DropZone.tsx';
import { EdgeSummary } from '../../components/EdgeSummary.tsx';
import { Command } from '../../components/Reproduce.tsx';
import { PageHead, Section } from '../../components/Section.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { WordsBox } from '../../components/Words.tsx';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import type { Words } from '../../lib/chain/types.ts';
import { useVerification } from '../../lib/chain/useVerification.ts';
import { isHash } from '../../lib/format.ts';

const LARGEST_EDGE = 100_000;

/** Checks a registered node or an edge file again, in this browser. */
export function VerifyScreen({ initial }: { initial?: `0x${string}` }) {
  const config = useChainConfig();
  const { verification, verifyText, verifyNode, reset } = useVerification();
  const [id, setId] = useState(initial ?? '');
  const [subject, setSubject] = useState<string | undefined>(initial);
  const [problem, setProblem] = useState<Words>();

  useEffect(() => {
    if (initial) void verifyNode(initial);
  }, [initial, verifyNode]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = id.trim().toLowerCase();
    if (!isHash(wanted)) {
      reset();
      setSubject(undefined);
      return setProblem({
        title: 'That is no id of a model or shard.',
        hint: 'An id is 0x and 64 hexadecimal digits.',
      });
    }
    setProblem(undefined);
    setSubject(wanted);
    void verifyNode(wanted);
  };
  const { phase, here, there, checks, facts } = verification;
  const trouble = problem ?? verification.problem;
  return (
    <>
      <PageHead title="Verify">
        Your browser checks the proof itself: it asks nobody but the chain, and this page only for the verification key,
        which it compares with the contract’s.
      </PageHead>
      <div className="mx-auto grid max-w-7xl gap-x-14 gap-y-12 px-4 sm:px-6 lg:grid-cols-2">
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
            title="Or an edge file"
            accept=".json,application/json"
            limit={LARGEST_EDGE}
            onProblem={(words) => {
              reset();
              setSubject(undefined);
              setProblem(words);
            }}
            onText={(text, name) => {
              setProblem(undefined);
              setSubject(name.slice(0, 80));
              void verifyText(text);
            }}
          >
            A file that ends in .edge.json, registered or not. It stays on this machine.
          </DropZone>
          {facts && (
            <Section title="What it says">
              <EdgeSummary facts={facts} people={config.people} />
            </Section>
          )}
        </div>
        <div className="grid min-w-0 content-start gap-8">
          {trouble && <WordsBox words={trouble} />}
          <Section title="In this browser" aside={phase === 'running' ? 'working…' : undefined}>
            <CheckList checks={here} />
          </Section>
          <Section title="Against the chain">
            <CheckList checks={there} />
          </Section>
          {phase === 'done' && !trouble && checks && (
            <Verdict
              subject={facts ? `${facts.kind} ${facts.id}` : 'this file'}
              verdict={verdictOf(checks)}
              notShown={notShown(checks)}
            />
          )}
          {subject && (
            <Command
              title="The same on the command line"
              text={`descent verify ${isHash(subject) ? subject : JSON.stringify(subject)} --rpc ${config.rpc} --registry ${config.registry}`}
            />
          )}
          <p className="text-soft">
            What a proof shows and does not show stands on every{' '}
            <Link href={subject && isHash(subject) ? `/model/${subject}` : '/tree'} className="link">
              model’s page
            </Link>
            .
          </p>
        </div>
      </div>
    </>
  );
}
