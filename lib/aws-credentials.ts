/** The credentials that sign requests to AWS. */
export type AwsCredentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
