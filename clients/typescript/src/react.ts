import { type ReactNode, createContext, createElement, useContext, useMemo, useSyncExternalStore } from "react";
import type {
  Connection,
  Contact,
  Conversation,
  ConversationSummary,
  Draft,
  Me,
  Member,
  Message,
  Parley,
  Presence,
  Profile,
  Readable,
  Receipts,
  Timeline,
  Typist,
} from "./index.js";

const Context = createContext<Parley | undefined>(undefined);

/** Gives a Parley to the hooks of everything inside. */
export function ParleyProvider(props: { client: Parley; children?: ReactNode }) {
  return createElement(Context.Provider, { value: props.client }, props.children);
}

/** The Parley of the nearest ParleyProvider. */
export function useParley(): Parley {
  const client = useContext(Context);
  if (!client) throw new Error("useParley: there is no ParleyProvider around this component");
  return client;
}

/** The value of a Readable; the component is drawn again when it changes, and subscribes while it is there. */
export function useReadable<T>(readable: Readable<T>): T {
  const [subscribe, get] = useMemo(
    () => [(changed: () => void) => readable.subscribe(changed), () => readable.get()] as const,
    [readable],
  );
  return useSyncExternalStore(subscribe, get, get);
}

export const useConnection = (): Connection => useReadable(useParley().connection);
export const useMe = (): Me | undefined => useReadable(useParley().me);
export const useConversations = (): readonly ConversationSummary[] => useReadable(useParley().conversations);
export const useContacts = (): readonly Contact[] => useReadable(useParley().contacts);

/** The conversation with an id. */
export function useConversation(id: string): Conversation {
  return useParley().conversation(id);
}

export const useSummary = (id: string): ConversationSummary | undefined => useReadable(useConversation(id).summary);
export const useTimeline = (id: string): Timeline => useReadable(useConversation(id).timeline);
export const useMembers = (id: string): readonly Member[] => useReadable(useConversation(id).members);
export const useTyping = (id: string): readonly Typist[] => useReadable(useConversation(id).typists);
export const useReceipts = (id: string): Receipts => useReadable(useConversation(id).receipts);
export const usePins = (id: string): readonly Message[] => useReadable(useConversation(id).pins);
export const useDraft = (id: string): Draft | undefined => useReadable(useConversation(id).draft);
export const usePresence = (user: string): Presence => useReadable(useParley().presence(user));
export const useProfile = (user: string): Profile => useReadable(useParley().profile(user));
