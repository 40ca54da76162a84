import type { Metadata } from 'next';
import { readChoice, readGraph } from '../../../lib/chain/queries.ts';
import { graphQuestion } from '../../../lib/graphQuestion.ts';
import { TreeScreen } from './TreeScreen.tsx';

export const metadata: Metadata = { title: 'Tree' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: Props) {
  const { focus, view, benchmark } = await searchParams;
  const question = graphQuestion(new URLSearchParams(typeof focus === 'string' ? { focus } : {}));
  const choice = await readChoice(typeof benchmark === 'string' ? benchmark : undefined);
  if ('missing' in choice) return null;
  const graph = await readGraph({ ...question, ...(choice.benchmark && { benchmark: choice.benchmark.id }) });
  if ('missing' in graph) return null;
  return (
    <TreeScreen
      initial={graph}
      choice={choice}
      {...(question.focus && { focus: question.focus })}
      hops={question.hops}
      view={view === 'table' ? 'table' : 'picture'}
    />
  );
}
