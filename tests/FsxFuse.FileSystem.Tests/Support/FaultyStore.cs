using System.Reflection;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem.Tests;

/// <summary>A store whose disk can be full: commits then fail, and nothing is changed.</summary>
public class FaultyStore : DispatchProxy
{
    private IMetadataStore _inner = null!;

    public bool IsFull { get; set; }

    public IMetadataStore Port { get; private set; } = null!;

    public static FaultyStore Around(IMetadataStore inner)
    {
        IMetadataStore port = Create<IMetadataStore, FaultyStore>();
        FaultyStore store = (FaultyStore)(object)port;
        store._inner = inner;
        store.Port = port;
        return store;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        IsFull && targetMethod!.Name == nameof(IMetadataStore.CommitAsync)
            ? throw new MetadataStoreException(MetadataFailure.Full, "The disk is full.")
            : targetMethod!.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null);
}
