namespace FsxFuse.Metadata.Tests.Conformance;

/// <summary>What an engine must offer for the conformance suite to run on it. Each test has one of its own, with an empty state.</summary>
public abstract class StoreHarness : IAsyncDisposable
{
    /// <summary>Opens the state, making it when it is the first time; again after the store before was disposed.</summary>
    public abstract Task<IMetadataStore> OpenAsync();

    /// <summary>Another connection to the state of an open store. An engine for one process gives a second view of the same store.</summary>
    public abstract Task<IMetadataStore> OpenSecondAsync(IMetadataStore first);

    /// <summary>Opens the state as it would be found had the process been killed now; <paramref name="killed"/> is not used any more.</summary>
    public abstract Task<IMetadataStore> OpenAfterKillAsync(IMetadataStore killed);

    public abstract ValueTask DisposeAsync();
}
