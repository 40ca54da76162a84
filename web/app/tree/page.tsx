import type { Metadata } from 'next';
import { readGraph } from '../../lib/chain/queries.ts';
import { graphQuestion } from '../../lib/graphQuestion.ts';
import { TreeScreen } from './TreeScreen.tsx';

export const metadata: Metadata = { title: 'Tree' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: Props) {
  const { focus, view } = await searchParams;
  const question = graphQuestion(new URLSearchParams(typeof focus === 'string' ? { focus } : {}));
  const graph = await readGraph(question);
  if ('missing' in graph) return null;
  return (
    <TreeScreen
      initial={graph}
      {...(question.focus && { focus: question.focus })}
      hops={question.hops}
      view={view === 'table' ? 'table' : 'picture'}
    />
  );
}
