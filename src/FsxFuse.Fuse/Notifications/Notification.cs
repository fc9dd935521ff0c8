using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>One message to the kernel. <paramref name="Name"/> belongs to the notification.</summary>
internal readonly record struct Notification(NotifyCode Code, ulong NodeId, long First, long Second, uint Flags, byte[]? Name, ulong[]? Nodes = null, TaskCompletionSource? Barrier = null);
