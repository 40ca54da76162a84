import type { Metadata } from 'next';
import { SubmitScreen } from './SubmitScreen.tsx';

export const metadata: Metadata = { title: 'Submit' };

export default function Page() {
  return <SubmitScreen />;
}
