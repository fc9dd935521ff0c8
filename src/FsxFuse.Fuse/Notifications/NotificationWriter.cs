using System.Runtime.CompilerServices;
using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>Puts notifications into the kernel's form. Thread-safe: each call builds its message on its own stack.</summary>
internal sealed unsafe class NotificationWriter(FuseChannel channel)
{
    public const int MaxPrune = 1024;

    // fuse_out_header, the largest body (24 bytes), and a name with its NUL or the node ids.
    private const int Capacity = 16 + 24 + (MaxPrune * sizeof(ulong));

    /// <returns>0 or more, or a negated errno.</returns>
    public int Send(in Notification notification)
    {
        byte* message = stackalloc byte[Capacity];
        int length = sizeof(OutHeader) + Body(notification, message + sizeof(OutHeader));
        *(OutHeader*)message = new OutHeader { Length = (uint)length, Error = (int)notification.Code };
        return channel.Write(message, length);
    }

    private static int Body(in Notification notification, byte* body)
    {
        switch (notification.Code)
        {
            case NotifyCode.InvalidateInode:
                return Put(body, new NotifyInvalidateInode { NodeId = notification.NodeId, Offset = notification.First, Length = notification.Second });
            case NotifyCode.InvalidateEntry:
                NotifyInvalidateEntry entry = new() { Parent = notification.NodeId, NameLength = (uint)notification.Name!.Length, Flags = notification.Flags };
                return Put(body, entry) + PutName(body + sizeof(NotifyInvalidateEntry), notification.Name);
            case NotifyCode.Delete:
                NotifyDelete delete = new() { Parent = notification.NodeId, Child = (ulong)notification.First, NameLength = (uint)notification.Name!.Length };
                return Put(body, delete) + PutName(body + sizeof(NotifyDelete), notification.Name);
            case NotifyCode.Prune:
                int listLength = notification.Nodes!.Length * sizeof(ulong);
                notification.Nodes.AsSpan().CopyTo(new Span<ulong>(body + sizeof(NotifyPrune), notification.Nodes.Length));
                return Put(body, new NotifyPrune { Count = (uint)notification.Nodes.Length }) + listLength;
            case NotifyCode.Poll:
                return Put(body, new NotifyPoll { KernelHandle = (ulong)notification.First });
            default:
                return 0;
        }
    }

    private static int Put<T>(byte* body, in T value)
        where T : unmanaged
    {
        Unsafe.WriteUnaligned(body, value);
        return sizeof(T);
    }

    private static int PutName(byte* at, byte[] name)
    {
        name.CopyTo(new Span<byte>(at, name.Length));
        at[name.Length] = 0;
        return name.Length + 1;
    }
}
