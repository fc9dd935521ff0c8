using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using FsxFuse.Fuse.Native;
using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse.Tests.Support;

/// <summary>A kernel made of a queue: requests go in, replies are kept.</summary>
internal sealed class FakeChannel : FuseChannel, IDisposable
{
    private readonly BlockingCollection<byte[]> _requests = [];
    private ulong _unique;

    /// <summary>Replies by the number of their request: error (not negative) and body.</summary>
    public ConcurrentDictionary<ulong, (int Error, byte[] Body)> Replies { get; } = new();

    public int ReplyCount { get; private set; }

    /// <summary>What writes return instead of succeeding.</summary>
    public Errno Refusal { get; set; }

    /// <summary>What reads return after <see cref="End"/>.</summary>
    public Errno EndError { get; private set; }

    /// <summary>Keep no replies, so as not to allocate.</summary>
    public bool Forgetful { get; set; }

    public static unsafe byte[] Request(ulong unique, Opcode opcode, ulong nodeId, ReadOnlySpan<byte> arguments, ushort extensionUnits = 0, uint callerId = 33)
    {
        byte[] message = new byte[sizeof(InHeader) + arguments.Length];
        MemoryMarshal.Write(message, new InHeader
        {
            Length = (uint)message.Length,
            Opcode = opcode,
            Unique = unique,
            NodeId = nodeId,
            Uid = 11,
            Gid = 22,
            Pid = callerId,
            ExtensionUnits = extensionUnits,
        });
        arguments.CopyTo(message.AsSpan(sizeof(InHeader)));
        return message;
    }

    public ulong Send(Opcode opcode, ulong nodeId, ReadOnlySpan<byte> arguments, uint callerId = 33)
    {
        _unique += 2;
        _requests.Add(Request(_unique, opcode, nodeId, arguments, callerId: callerId));
        return _unique;
    }

    public void SendAgain(ulong unique, Opcode opcode, ulong nodeId, ReadOnlySpan<byte> arguments) => _requests.Add(Request(unique, opcode, nodeId, arguments));

    public async Task<(int Error, byte[] Body)> ReplyAsync(ulong unique)
    {
        await Eventually.TrueAsync(() => Replies.ContainsKey(unique), "a reply to " + unique);
        return Replies[unique];
    }

    public void End(Errno error)
    {
        EndError = error;
        _requests.CompleteAdding();
    }

    public override unsafe int Read(byte* buffer, int capacity)
    {
        if (!_requests.TryTake(out byte[]? request, Timeout.Infinite))
        {
            return -(int)EndError;
        }

        request.CopyTo(new Span<byte>(buffer, capacity));
        return request.Length;
    }

    public override unsafe int Write(byte* message, int length)
    {
        ReplyCount++;
        if (Refusal != Errno.None)
        {
            return -(int)Refusal;
        }

        if (!Forgetful)
        {
            Keep(new ReadOnlySpan<byte>(message, length));
        }

        return length;
    }

    public override unsafe int WriteVector(IOVector* vectors, int count)
    {
        byte[] whole = [];
        for (int i = 0; i < count; i++)
        {
            whole = [.. whole, .. new ReadOnlySpan<byte>(vectors[i].Start, (int)vectors[i].Length)];
        }

        fixed (byte* message = whole)
        {
            return Write(message, whole.Length);
        }
    }

    public override unsafe int Control(nuint command, void* argument) => -(int)Errno.ENOTTY;

    public void Dispose() => _requests.Dispose();

    private unsafe void Keep(ReadOnlySpan<byte> message)
    {
        OutHeader header = MemoryMarshal.Read<OutHeader>(message);
        Assert.Equal(message.Length, (int)header.Length);
        Assert.True(Replies.TryAdd(header.Unique, (-header.Error, message[sizeof(OutHeader)..].ToArray())), "one reply for each request");
    }
}
