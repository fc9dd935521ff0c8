using System.Text.Json.Serialization;

namespace FsxFuse.Repository.Links;

/// <summary>What becomes of the local data of a link that is removed. The bucket is never touched.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LinkRemovalMode>))]
public enum LinkRemovalMode
{
    /// <summary>The files stay, as local ones.</summary>
    Keep,

    /// <summary>The files go (DeleteDataInFileSystem of the FSx API); what changed here since its last export stays.</summary>
    Delete,

    /// <summary>The files go, whatever changed.</summary>
    DeleteAll,
}
