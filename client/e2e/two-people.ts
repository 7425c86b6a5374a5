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
  await Promise.all([ana.signUp(ANA), bo.signUp(BO)]);
  return {
    ...{ server, ana, bo },
    async [Symbol.asyncDispose]() {
      await Promise.all([ana[Symbol.asyncDispose](), bo[Symbol.asyncDispose]()]);
      await server[Symbol.asyncDispose]();
    },
  };
}

/** They have talked: Ana is signed in on two devices, of which neither shows the conversation. */
export async function startThreeDevices(): Promise<ThreeDevices> {
  const people = await startTwoPeople();
  const { server, bo } = people;
  const talk = async () => {
    await bo.startConversation([ANA.name]);
    await bo.send('hello');
  };
  const open = async () => {
    const device = await Device.open(server);
    await device.signIn(ANA);
    return device;
  };
  const [phone] = await Promise.all([open(), talk()]);
  return {
    ...{ ...people, phone },
    async [Symbol.asyncDispose]() {
      await phone[Symbol.asyncDispose]();
      await people[Symbol.asyncDispose]();
    },
  };
}
