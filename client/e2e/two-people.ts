/** The beginning of most stories: a server, and Ana and Bo with an account and a browser each. */
import { type Credentials, Device } from './device.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

export const ANA: Credentials = { name: 'Ana Amari', email: 'ana@example.org', password: 'correct horse' };
export const BO: Credentials = { name: 'Bo Berg', email: 'bo@example.org', password: 'battery staple' };

/** `phone` is Ana's other device. */
export interface ThreeDevices extends TwoPeople {
  readonly phone: Device;
}

export interface TwoPeople extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly ana: Device;
  readonly bo: Device;
}

export async function startTwoPeople(): Promise<TwoPeople> {
  const server = await startServerProcess();
  const [ana, bo] = await Promise.all([Device.open(server), Device.open(server)]);
  await ana.signUp(ANA);
  await bo.signUp(BO);
  return {
    ...{ server, ana, bo },
    async [Symbol.asyncDispose]() {
      await ana[Symbol.asyncDispose]();
      await bo[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** They have talked: Ana is signed in on two devices, of which neither shows the conversation. */
export async function startThreeDevices(): Promise<ThreeDevices> {
  const people = await startTwoPeople();
  const phone = await Device.open(people.server);
  await people.bo.startConversation([ANA.name]);
  await people.bo.send('hello');
  await phone.signIn(ANA);
  return {
    ...{ ...people, phone },
    async [Symbol.asyncDispose]() {
      await phone[Symbol.asyncDispose]();
      await people[Symbol.asyncDispose]();
    },
  };
}
