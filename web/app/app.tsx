import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { queryClient } from '../api/queries.ts';
import { useSession } from '../api/session.ts';
import { Toasts } from '../components/toasts.tsx';
import { router } from './router.tsx';
import { SignIn } from './sign-in/sign-in.tsx';

export const App = () => {
  const session = useSession();
  useEffect(() => {
    // The next key may see less.
    if (session === null) queryClient.clear();
  }, [session]);
  if (session === null) return <SignIn />;
  return (
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>
  );
};
