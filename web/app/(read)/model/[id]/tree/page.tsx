import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { readChoice, readGraph } from '../../../../../lib/chain/queries.ts';
import { isHash } from '../../../../../lib/format.ts';
import { graphQuestion } from '../../../../../lib/graphQuestion.ts';
import { proquint } from '../../../../../lib/proquint.ts';
import { TreeScreen } from '../../../tree/TreeScreen.tsx';

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Tree around ${proquint((await params).id)}` };
}

export default async function Page({ params, searchParams }: Props) {
  const { id } = await params;
  if (!isHash(id)) notFound();
  const question = graphQuestion(new URLSearchParams({ focus: id }));
  const { benchmark } = await searchParams;
  const choice = await readChoice(typeof benchmark === 'string' ? benchmark : undefined);
  if ('missing' in choice) return null;
  const graph = await readGraph({ ...question, ...(choice.benchmark && { benchmark: choice.benchmark.id }) });
  if ('missing' in graph) return null;
  if (graph.nodes.length === 0) notFound();
  return (
    <TreeScreen
      initial={graph}
      choice={choice}
      focus={id.toLowerCase() as `0x${string}`}
      hops={question.hops}
      view="picture"
    />
  );
}
