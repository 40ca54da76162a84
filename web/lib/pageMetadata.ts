import type { Metadata } from 'next';

/** What links to the page of one thing show, where it is and where its twin in JSON is. */
export function pageMetadata(path: string, title: string, description: string): Metadata {
  return {
    title,
    description,
    alternates: { canonical: path, types: { 'application/json': `/api${path.split('?')[0]}` } },
    openGraph: { title, description, type: 'article' },
  };
}
