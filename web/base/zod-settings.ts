import * as z from 'zod/mini';

// zod makes functions out of strings where it can, and the content security policy reports the attempt. Every file with a schema
// imports this one, so that it runs first.
z.config({ jitless: true });
